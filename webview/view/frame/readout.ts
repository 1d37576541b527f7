// The last line: what is under the pointer or the cursor in words (polite live region), and the keys that work here.

import { html, nothing, type TemplateResult } from 'lit';
import type { KeyHint, PanelContext, ViewKind } from '../context';

/** Keys of the frame, which work in every view; letters that step are VS Code's (package.json). */
function frameKeys({ views }: PanelContext): KeyHint[] {
  const ofViews = views.length > 1 ? [{ keys: ['1', '…', String(views.length)], does: 'view' }] : [];
  const steps = [
    { keys: ['[', ']'], does: 'next best head' },
    { keys: ['G'], does: 'all heads' },
    { keys: ['H'], does: 'next head' },
    { keys: ['L'], does: 'next layer' },
  ];
  return [...steps, ...ofViews, { keys: ['R'], does: 'inspect again' }, { keys: ['Esc'], does: 'back' }];
}
/** How many keys the line names where the panel is narrow. */
const fewKeys = 3;

/** Readout and keys. */
export function readoutLine(context: PanelContext, view: ViewKind): TemplateResult {
  const { ui, actions, state, frame } = context;
  const words = view.refusal(state) === undefined ? view.readout(context, view.model(context)) : undefined;
  const isOpen = ui.openDetails === 'keys';
  const shown = frame.form === 'sheet' ? [] : [...view.keys, ...frameKeys(context)].slice(0, frame.form === 'dock' ? undefined : fewKeys);
  return html`<footer class="readout-line">
    <p id="readout" role="status" aria-live="polite"><b>${words?.head}</b> <span class="facts">${words?.body}</span></p>
    <div class="keys">${shown.map(keyHint)}</div>
    <button type="button" class="all-keys" aria-expanded=${isOpen ? 'true' : 'false'} aria-controls="keys" @click=${() => actions.openDetails(isOpen ? null : 'keys')}><kbd>?</kbd> keys</button>
    ${isOpen ? allKeys(context, view) : nothing}
  </footer>`;
}

function keyHint({ keys, does }: KeyHint): TemplateResult {
  return html`<span class="key">${keys.map((key) => (key === '…' ? html`…` : html`<kbd>${key}</kbd>`))} ${does}</span> `;
}

function allKeys(context: PanelContext, view: ViewKind): TemplateResult {
  return html`<div class="details keys-sheet" id="keys" role="dialog" aria-label="Keys">
    <h2>Keys of ${view.label}</h2><ul>${view.keys.map((key) => html`<li>${keyHint(key)}</li>`)}</ul>
    <h2>Keys of the panel</h2><ul>${frameKeys(context).map((key) => html`<li>${keyHint(key)}</li>`)}</ul>
  </div>`;
}
