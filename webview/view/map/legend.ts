// The legend of a map: its colours with their domain always written, and everything the picture does to the numbers, in words.

import { html, nothing, type TemplateResult } from 'lit';
import { gutterTable, hexOf, sequentialTable } from '../../../src/present/colour/palette';
import type { MatrixModel } from '../../../src/present/map/matrixModel';
import { limitText } from '../../../src/present/words/numbers';
import { legendNotes } from '../../../src/present/words/panelWords';
import type { Theme } from '../../theme';

/** Colour bars with both ends, then notes. */
export function legend(model: MatrixModel, theme: Theme, numbersFrom: number | undefined): TemplateResult {
  const hasGutters = [...model.rows, ...model.columns].some((entry) => entry.isGutter);
  return html`<div class="legend" data-domain-min=${model.domain.min} data-domain-max=${model.domain.max} data-theme-kind=${theme.kind}>
    <span class="scale"><span>${limitText(model.domain.min)}</span>${bar(theme, false)}<span>${limitText(model.domain.max)}</span></span>
    ${hasGutters ? html`<span class="scale"><span>0</span>${bar(theme, true)}<span>1</span></span>` : nothing}
    <span class="legend-notes">${legendNotes(model, numbersFrom, hasGutters).join(' · ')}</span>
  </div>`;
}

function bar(theme: Theme, isGutter: boolean): TemplateResult {
  return html`<span class=${isGutter ? 'ramp grey' : 'ramp'} .style=${`background: linear-gradient(to right, ${legendColours(theme.kind, isGutter).join(', ')})`} aria-hidden="true"></span>`;
}

/** `#rrggbb` of every 15th entry, first to last. */
function legendColours(kind: Theme['kind'], isGutter: boolean): string[] {
  const table = isGutter ? gutterTable(kind) : sequentialTable(kind);
  return Array.from({ length: 18 }, (_, i) => hexOf(table, i * 15));
}
