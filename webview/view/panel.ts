// The whole panel: toolbar, problem, caption, token strip, bars and notes, overview, tabs and map, readout. And the words for every state without a picture.

import { html, nothing, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { sitesOf } from '../../src/present/heads/headGridModel';
import { inputWords } from '../../src/present/words/inputWords';
import { icon, type PanelContext } from './context';
import { captionLine, focusRow } from './frame/focusRow';
import { overview } from './frame/overview';
import { readoutLine } from './frame/readout';
import { tokenStrips } from './frame/tokenStrip';
import { problemBar, progress, toolbar } from './frame/toolbar';
import { viewTabs } from './tabs';

/** Template of the panel for what is known now. */
export function panel(context: PanelContext): TemplateResult {
  const { run } = context.subject;
  const { view } = context.state;
  return html`<main>
    <section class="panel" aria-label="Transformer Inspector">
      <h1 class="for-readers">Transformer Inspector</h1>
      ${toolbar(context)}${progress(context)}${problemBar(context)}
      ${run && view ? inspection(context) : withoutPicture(context)}
    </section>
  </main>`;
}

function inspection(context: PanelContext): TemplateResult {
  const {
    picture,
    subject: { run },
    state: { view },
  } = context;
  const shown = picture.state === 'ready' ? picture.picture : undefined;
  return html`${shown ? html`${captionLine(context, shown)}${tokenStrips(context, shown)}` : nothing}
    <div class=${classMap({ sight: true, 'has-many-heads': headCountOf(context) > 8 })}>
      ${shown ? focusRow(context, shown) : nothing}
      ${run && view ? overview(context, run, view) : nothing}
      ${viewTabs(context)}
    </div>
    ${shown ? readoutLine(context) : nothing}`;
}

/** Most heads of a layer in the overview. */
function headCountOf({ subject: { run }, state: { view } }: PanelContext): number {
  return run && view ? Math.max(0, ...sitesOf(run, view.site.tower, view.site.kind).map(({ headCount }) => headCount)) : 0;
}

function withoutPicture({ subject, ui, actions }: PanelContext): TemplateResult {
  const { phase } = subject;
  if ((phase.name === 'loading' || phase.name === 'running') && ui.isSlow) return html``;
  if (phase.name === 'loading' || phase.name === 'running') {
    return html`<div class="empty" role="status"><p>${icon('loading codicon-modifier-spin')} ${phase.name === 'loading' ? 'Loading' : 'Running'} ${phase.what} …</p></div>`;
  }
  // The problem's words above say why, until they are dismissed.
  if (subject.model && (subject.model.refusal !== null || subject.selection)) {
    return html`<div class="empty">
      <h2>${subject.modelLabel} has not run a text yet</h2>
      ${subject.problem || subject.model.refusal === null ? nothing : html`<p>${subject.model.refusal.message}</p>`}
      ${inputWords(subject.model).some(({ isOpen }) => isOpen) ? html`<vscode-button @click=${actions.openField}>Give Values …</vscode-button>` : nothing}
      <vscode-button secondary @click=${actions.chooseModel}>Choose another model …</vscode-button>
    </div>`;
  }
  return html`<div class="empty">
    <h2>Nothing inspected yet</h2>
    <ol>
      <li>Select some words in a text editor, or put the caret into a sentence.</li>
      <li>Choose <b>Inspect Attention of Selection</b> in the editor’s context menu, or <kbd>F1</kbd> and type its name.</li>
    </ol>
    <p>Text and model stay on this machine. What appears here are the numbers that the model itself computes.</p>
    <vscode-button @click=${actions.chooseModel}>${subject.modelLabel ? 'Choose another model …' : 'Choose a model …'}</vscode-button>
  </div>`;
}
