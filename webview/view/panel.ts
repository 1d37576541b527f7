// The whole panel: toolbar, focus line, tokens, tabs, all heads and the focus row, the view, readout. And the words for every state without a picture.
// Only the tokens and the view scroll.

import { html, nothing, type TemplateResult } from 'lit';
import { inputWords } from '../../src/present/words/inputWords';
import type { Picture, PictureState, WeightPicture } from '../../src/reading/picture';
import { icon, type PanelContext } from './context';
import { findBox } from './frame/findBox';
import { focusLine } from './frame/focusLine';
import { focusBar } from './frame/focusRow';
import { headsPlace, headsSheet } from './frame/headsPlace';
import { readoutLine } from './frame/readout';
import { tokenStrips } from './frame/tokenStrip';
import { problemBar, progress, toolbar } from './frame/toolbar';
import { viewContent, viewTabs } from './tabs';
import { viewShown } from './viewShown';

/** Template of the panel for what is known now. */
export function panel(context: PanelContext): TemplateResult {
  const { run } = context.subject;
  const { view } = context.state;
  const { form, tokenLines, heads } = context.frame;
  return html`<main>
    <section class="panel" aria-label="Transformer Inspector" data-form=${form} data-token-lines=${tokenLines} data-heads=${heads}>
      <h1 class="for-readers">Transformer Inspector</h1>
      ${toolbar(context)}
      <div class="notices">${progress(context)}${problemBar(context)}</div>
      ${run && view ? inspection(context) : html`<div class="body"><div class="view">${withoutPicture(context)}</div></div>`}
    </section>
  </main>`;
}

function inspection(context: PanelContext): TemplateResult {
  const picture = pictureIn(context.picture);
  const weights = weightsIn(context.picture);
  const view = viewShown(context.views, context.state);
  return html`
    ${picture ? html`${focusLine(context, picture)}<div class="token-lines">${tokenStrips(context, picture)}${findBox(context, picture)}</div>` : html`<div class="focus-line"></div><div class="token-lines"></div>`}
    ${weights && context.frame.focusRow === 'bar' ? focusBar(context, weights) : nothing}
    ${viewTabs(context, view)}
    <div class="body">
      ${picture ? headsPlace(context, picture, weights) : nothing}
      <div class="view" id="view" role="tabpanel" aria-labelledby=${`tab-${view.id}`}>${viewContent(context, view)}</div>
      ${picture ? headsSheet(context, picture) : nothing}
    </div>
    ${readoutLine(context, view)}`;
}

function pictureIn(state: PictureState): Picture | undefined {
  return state.state === 'ready' || state.state === 'refused' ? state.picture : undefined;
}

function weightsIn(state: PictureState): WeightPicture | undefined {
  return state.state === 'ready' ? state.picture : undefined;
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
    <vscode-button @click=${actions.openExample}>Open an example</vscode-button>
    <vscode-button secondary @click=${actions.chooseModel}>${subject.modelLabel ? 'Choose another model …' : 'Choose a model …'}</vscode-button>
  </div>`;
}
