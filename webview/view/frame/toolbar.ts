// First line of the panel: model, text, fidelity badge. Below it, when a load or run takes long, what is happening and Stop.

import { html, nothing, type TemplateResult } from 'lit';
import type { SeenRun } from '../../../src/core/run';
import { badgeDetail, badgeIcon, type IdentityLine, identityLines } from '../../../src/present/words/badgeWords';
import { engineName, engineSentence } from '../../../src/present/words/engineWords';
import { givenText, wantsValue } from '../../../src/present/words/inputWords';
import { progressWords } from '../../../src/present/words/progressWords';
import { paddedText, staleText, truncatedText } from '../../../src/present/words/runWords';
import type { Details } from '../../store';
import { icon, type PanelContext } from '../context';
import { modelCard } from './modelCard';

/** Model button, what is said of the text, badge. One line: what finds no place in it stands behind ⋯. */
export function toolbar(context: PanelContext): TemplateResult {
  const { subject, ui, actions } = context;
  const toggle = (details: Details) => () => actions.openDetails(ui.openDetails === details ? null : details);
  const facts = factsOf(context);
  return html`<header class="toolbar">
    <vscode-button class="model" secondary icon-after="chevron-down" title="Choose another model" @click=${actions.chooseModel}>${subject.modelLabel || 'Choose a model'}</vscode-button>
    ${subject.model ? modelCard(context, subject.model, toggle('card')) : nothing}
    <div class="toolbar-facts">${facts}</div>
    ${ui.room.isToolbarFull ? more(facts, ui.openDetails === 'more', toggle('more')) : nothing}
    ${subject.run ? badge(subject.run, ui.openDetails === 'badge', toggle('badge')) : nothing}
  </header>`;
}

function more(facts: readonly TemplateResult[], isOpen: boolean, toggle: () => void): TemplateResult {
  return html`<div class="details-place">
    <button type="button" class="about" aria-expanded=${isOpen ? 'true' : 'false'} aria-controls="more" aria-label="More of this text" title="More of this text" @click=${toggle}>${icon('ellipsis')}</button>
    <div class="details more" id="more" ?hidden=${!isOpen}>${isOpen ? facts : nothing}</div>
  </div>`;
}

/** What is to be known of the text and of how it was run, the most important first. */
function factsOf({ subject: { selection, run, given, isTextStale }, actions }: PanelContext): TemplateResult[] {
  const givenWords = run && givenText(run.inputs, given);
  const warnings = (run?.notes ?? []).filter((note) => note.isWarning);
  return [
    html`<span class="text-label" title=${selection?.text ?? ''}>${selection?.label ?? ''}</span>`,
    ...(isTextStale
      ? [
          html`<button type="button" class="link stale" title="The document holds another text by now" @click=${actions.inspectAgain}>${icon('refresh')} ${staleText}</button>`,
        ]
      : []),
    ...(run?.truncated ? [html`<span class="truncated" title="The model takes no more">${icon('warning')} ${truncatedText(run.truncated)}</span>`] : []),
    ...warnings.map(
      (note) => html`<span class="run-warning" title="The picture says little about a text of such words">${icon('warning')} ${note.text}</span>`,
    ),
    ...(givenWords
      ? [
          html`<span class="given" title="You gave this value in the model's card; nothing shows that it is what the model was trained with">${icon('edit')} ${givenWords}</span>`,
        ]
      : []),
    ...(run?.paddedTo
      ? [html`<span class="padded" title="The model takes texts of this length only; the padding is masked and not shown">${paddedText(run.paddedTo)}</span>`]
      : []),
  ];
}

function badge(run: SeenRun, isOpen: boolean, toggle: () => void): TemplateResult {
  const { counts, worst } = badgeDetail(run.badge, run.checks);
  return html`<div class="details-place last">
    <button type="button" class="badge" data-state=${run.badge.state} aria-expanded=${isOpen ? 'true' : 'false'} aria-controls="badge-details" title="What was checked" @click=${toggle}>
      ${icon(badgeIcon(run.badge.state))} <b>${run.badge.state}</b><span class="detail"> · ${counts}<span class="worst">${worst}</span> · ${engineName(run.engine)}</span>
    </button>
    <div id="badge-details" class="details badge-details" ?hidden=${!isOpen}>
      <p>Checked in this run, between the numbers that were captured (largest deviation relative to the largest value):</p>
      <ul>
        ${identityLines(run.checks, run.inputs).map(identityItem)}
      </ul>
      <p>${engineSentence(run.engine)}</p>
      ${run.notes.length > 0 ? html`<p>Of this text:</p><ul class="run-notes">${run.notes.map((note) => html`<li>${icon(note.isWarning ? 'warning' : 'info')} <span>${note.text}</span></li>`)}</ul>` : nothing}
    </div>
  </div>`;
}

function identityItem({ state, sentence, detail, parts }: IdentityLine): TemplateResult {
  const mark = { holds: 'check', failed: 'error', 'not run': 'dash' }[state];
  return html`<li data-state=${state}>${icon(mark)} <div class="said"><b>${sentence}</b> ${detail}
    ${parts.length > 0 ? html`<ul class="parts">${parts.map((part) => html`<li>${part}</li>`)}</ul>` : nothing}</div></li>`;
}

/** Words and Stop for a load or run that takes longer than about a second. */
export function progress({ subject, ui, actions }: PanelContext): TemplateResult | typeof nothing {
  if ((subject.phase.name !== 'running' && subject.phase.name !== 'loading') || !ui.isSlow) return nothing;
  return html`<div class="progress" role="status">
    <vscode-progress-bar indeterminate aria-label=${subject.phase.what}></vscode-progress-bar>
    <span>${progressWords(subject.phase)} …</span>
    <vscode-button secondary @click=${actions.stop}>Stop</vscode-button>
  </div>`;
}

/** An expected failure: what happened and a way out. The picture before it stays below. */
export function problemBar({ subject, actions }: PanelContext): TemplateResult | typeof nothing {
  if (!subject.problem) return nothing;
  return html`<div class="problem" role="alert" data-code=${subject.problem.code}>
    ${icon('warning')}
    <span><b>${subject.problem.message}</b> ${subject.problem.hint}${subject.run ? ' The picture below is the one from before.' : ''}</span>
    ${subject.run && wantsValue(subject.problem) ? html`<vscode-button secondary @click=${actions.openField}>Give Values …</vscode-button>` : nothing}
    <vscode-toolbar-button icon="close" label="Dismiss" @click=${actions.dismissProblem}></vscode-toolbar-button>
  </div>`;
}
