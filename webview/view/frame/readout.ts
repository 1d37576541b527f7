// The last line: the cell under the pointer or cursor in words (polite live region), and the keys.

import { html, type TemplateResult } from 'lit';
import { isMaskedCell } from '../../../src/present/map/matrixModel';
import { readout } from '../../../src/present/words/panelWords';
import { placedLabel } from '../../../src/present/words/tokenLabel';
import { rankIn, type WeightPicture } from '../../../src/reading/picture';
import { cursorOf, type PanelContext } from '../context';

/** Readout and keys. */
export function readoutLine(context: PanelContext): TemplateResult {
  const { picture, ui } = context;
  const words = picture.state === 'ready' ? wordsOf(picture.picture, ui.hover ?? cursorOf(picture.picture, ui)) : undefined;
  return html`<footer class="readout-line">
    <p id="readout" role="status" aria-live="polite"><b>${words?.head}</b> <span class="facts">${words?.body}</span></p>
    <p class="keys"><kbd>↑↓←→</kbd> move <kbd>Enter</kbd> focus <kbd>T</kbd> table <kbd>0</kbd> 0…1 <kbd>Esc</kbd> back</p>
  </footer>`;
}

function wordsOf(picture: WeightPicture, { query, key }: { readonly query: number; readonly key: number }): { head: string; body: string } {
  const at = query * picture.keys.length + key;
  return readout({
    queryLabel: placedLabel(picture.queryLabels, query),
    keyLabel: placedLabel(picture.keyLabels, key),
    weight: picture.weights[at] ?? 0,
    isMasked: isMaskedCell(picture, query, key),
    score: picture.view.head === null ? undefined : picture.scores?.[at],
    ...rankIn(picture, query, key),
  });
}
