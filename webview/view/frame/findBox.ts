// Find in the tokens: a field over the end of the strip. Enter goes to the next place and makes it the focus, Shift+Enter to the one before.

import { html, nothing, type TemplateResult } from 'lit';
import { findTokens } from '../../../src/present/words/tokenSearch';
import type { Picture } from '../../../src/reading/picture';
import { icon, type PanelContext } from '../context';

/** Places in the query tokens where the words stand that are looked for. */
export function foundPlaces({ ui }: Pick<PanelContext, 'ui'>, { run, queries, site }: Picture): number[][] {
  if (ui.openDetails !== 'find') return [];
  const texts = site.queryTokens === 'target' ? [run.target ?? ''] : [run.text, run.pair ?? ''];
  return texts.flatMap((text, sequence) => findTokens(text, queries, sequence as 0 | 1, ui.find));
}

/** The field, how many places there are, and the ways to the next; nothing while nothing is looked for. */
export function findBox(context: PanelContext, picture: Picture): TemplateResult | typeof nothing {
  const { ui, actions } = context;
  if (ui.openDetails !== 'find') return nothing;
  const places = foundPlaces(context, picture);
  const at = places.findIndex((place) => place.includes(picture.view.focus));
  const go = (step: 1 | -1) => {
    if (places.length === 0) return;
    const next = places[at < 0 ? (step === 1 ? 0 : places.length - 1) : (at + step + places.length) % places.length];
    const focus = next?.at(-1);
    if (focus !== undefined) actions.showFocus(focus);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    go(event.shiftKey ? -1 : 1);
  };
  const count = ui.find.trim() === '' ? '' : places.length === 0 ? 'not found' : at < 0 ? `${places.length} found` : `${at + 1} of ${places.length}`;
  return html`<div class="details find-box" id="find" role="search">
    <input type="text" aria-label="Find in the tokens" placeholder="Find" .value=${ui.find} @input=${(event: InputEvent) => actions.setUi({ find: (event.target as HTMLInputElement).value })} @keydown=${onKey}>
    <span role="status">${count}</span>
    <button type="button" aria-label="Previous" title="Previous (Shift+Enter)" @click=${() => go(-1)}>${icon('arrow-up')}</button>
    <button type="button" aria-label="Next" title="Next (Enter)" @click=${() => go(1)}>${icon('arrow-down')}</button>
    <button type="button" aria-label="Close" title="Close (Escape)" @click=${() => actions.openDetails(null)}>${icon('close')}</button>
  </div>`;
}
