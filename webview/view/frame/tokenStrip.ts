// The tokens as buttons, shaded by what the focus row reads. A click makes a token the focus; a double click, or Enter with a modifier, shows it in the editor.

import { html, nothing, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import type { Token } from '../../../src/core/token';
import { weightText } from '../../../src/present/words/numbers';
import { wordOfToken } from '../../../src/present/words/wordTokens';
import { type HeadWeights, type Picture, rowOf } from '../../../src/reading/picture';
import { isStep, stepIn } from '../../store';
import { icon, type PanelContext } from '../context';
import { menuContext } from '../menuContext';
import { foundPlaces } from './findBox';

/** A head whose weights may not be shown still has its tokens. */
type Tokens = Picture & Partial<HeadWeights>;

/** One strip where query and key tokens are one list, two for cross-attention. */
export function tokenStrips(context: PanelContext, picture: Tokens): TemplateResult {
  const isOne = picture.site.queryTokens === picture.site.keyTokens;
  if (isOne) return strip(context, picture, { isQueries: true, isShaded: true, name: 'Tokens' });
  return html`${strip(context, picture, { isQueries: true, isShaded: false, name: 'Reads' })}${strip(context, picture, { isQueries: false, isShaded: true, name: 'Is read' })}`;
}

interface StripOptions {
  readonly isQueries: boolean;
  readonly isShaded: boolean;
  readonly name: string;
}

function strip(context: PanelContext, picture: Tokens, options: StripOptions): TemplateResult {
  const tokens = options.isQueries ? picture.queries : picture.keys;
  const { weights } = picture;
  const row = options.isShaded && weights ? rowOf({ keys: picture.keys, weights }, picture.view.focus) : undefined;
  const largest = row ? Math.max(...row) : 0;
  const isOpen = context.ui.openDetails === 'tokens';
  const word = new Set(options.isQueries ? focusWord(picture) : []);
  const found = new Set(options.isQueries ? foundPlaces(context, picture).flat() : []);
  return html`<div class=${classMap({ 'strip-line': true, 'is-open': isOpen })}>
    ${options.name === 'Tokens' ? nothing : html`<span class="strip-name">${options.name}</span>`}
    <div class="strip" role="group" aria-label=${options.name} @keydown=${moveInStrip} @mouseleave=${() => context.actions.hover(null)}>${tokens.map((token, index) => tokenButton(context, picture, { ...options, token, index, share: row && largest > 0 ? (row[index] as number) / largest : 0, weight: row?.[index], isFound: found.has(index), isInFocus: word.size > 1 && word.has(index) }))}</div>
    <button type="button" class=${classMap({ 'chip-button': true, 'token-count': true, 'is-needed': context.ui.room.isLong })} aria-expanded=${isOpen ? 'true' : 'false'} title=${isOpen ? 'Fewer lines' : 'All tokens'}
      @click=${() => context.actions.openDetails(isOpen ? null : 'tokens')}>${tokens.length} tokens${icon(isOpen ? 'chevron-up' : 'chevron-down')}</button>
  </div>`;
}

/** The tokens of the whole word of the focus. */
function focusWord({ run, view, queries, site }: Tokens): number[] {
  const sequence = queries[view.focus]?.sequence;
  const text = site.queryTokens === 'target' ? run.target : sequence === 1 ? run.pair : run.text;
  return wordOfToken(text ?? '', queries, view.focus);
}

interface TokenOptions extends StripOptions {
  readonly token: Token;
  readonly index: number;
  /** 0 … 1 of the row's largest weight. */
  readonly share: number;
  readonly weight: number | undefined;
  /** Whether it is of a place that is looked for. */
  readonly isFound: boolean;
  /** Whether it is a piece of the word that the focus is a piece of. */
  readonly isInFocus: boolean;
}

function tokenButton(
  { actions, ui }: PanelContext,
  picture: Tokens,
  { token, index, share, weight, isFound, isInFocus, isQueries, isShaded }: TokenOptions,
): TemplateResult {
  const list = isQueries ? picture.site.queryTokens : picture.site.keyTokens;
  const label = (isQueries ? picture.queryLabels : picture.keyLabels)[index] ?? token.text;
  const isFocus = isQueries && index === picture.view.focus;
  const isFirst = isQueries ? isFocus : index === 0;
  const isHovered = isShaded && ui.hover?.key === index;
  const facts = `token ${index}: ${token.text} · id ${token.id}${token.isSpecial ? ' · special' : ''}${weight === undefined ? '' : ` · weight ${weightText(weight)} from the focus`}`;
  return html`<button type="button" class=${classMap({ token: true, special: token.isSpecial, focus: isFocus, 'is-strong': share > 0.5, hovered: isHovered, found: isFound, 'in-focus': isInFocus })}
    .style=${`--share: ${share.toFixed(4)}`} data-index=${index} data-list=${list} data-vscode-context=${isQueries ? menuContext('token', { runId: picture.run.runId, query: index }) : nothing} tabindex=${isFirst ? 0 : -1} aria-pressed=${isQueries ? (isFocus ? 'true' : 'false') : nothing} title=${facts}
    @click=${() => (isQueries ? actions.showFocus(index) : undefined)}
    @dblclick=${() => actions.revealToken(list, index)}
    @mouseenter=${() => actions.hover(isShaded ? { query: picture.view.focus, key: index } : null)}
    @keydown=${(event: KeyboardEvent) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey || event.altKey)) return;
      event.preventDefault();
      actions.revealToken(list, index);
    }}>${label}</button>`;
}

/** Left and right, Home and End move the keyboard focus from token to token. */
function moveInStrip(event: KeyboardEvent): void {
  const buttons = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLButtonElement>('.token')];
  const at = buttons.indexOf(event.target as HTMLButtonElement);
  if (at < 0 || !isStep(event.key)) return;
  event.preventDefault();
  const next = buttons[stepIn({ row: 0, column: at }, event.key, { rows: 1, columns: buttons.length }).column];
  next?.focus();
}

/** Scrolls every strip, and nothing else, so that its focus token can be seen. */
export function showFocusToken(root: ParentNode): void {
  for (const token of root.querySelectorAll<HTMLElement>('.token.focus')) {
    const strip = token.parentElement;
    if (!strip) continue;
    const [box, room] = [token.getBoundingClientRect(), strip.getBoundingClientRect()];
    if (box.top < room.top || box.bottom > room.bottom) strip.scrollTop += box.top - room.top - (room.height - box.height) / 2;
    if (box.left < room.left || box.right > room.right) strip.scrollLeft += box.left - room.left - (room.width - box.width) / 2;
  }
}
