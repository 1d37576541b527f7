// The legend of a map: its colours with their domain always written, and everything the picture does to the numbers, in words.

import { html, nothing, type TemplateResult } from 'lit';
import { legendColours, legendEnds } from '../../../src/present/colour/legendColours';
import type { MatrixModel } from '../../../src/present/map/matrixModel';
import { legendNotes } from '../../../src/present/words/panelWords';
import type { Theme } from '../../theme';

/** Colour bars with both ends, then notes. */
export function legend(model: MatrixModel, theme: Theme, numbersFrom: number | undefined): TemplateResult {
  const hasGutters = [...model.rows, ...model.columns].some((entry) => entry.isGutter);
  const [from, to] = legendEnds(model.domain);
  return html`<div class="legend" data-domain-min=${model.domain.min} data-domain-max=${model.domain.max} data-theme-kind=${theme.kind}>
    <span class="scale"><span class="end">${from}</span>${bar(theme, false)}<span class="end">${to}</span></span>
    ${hasGutters ? html`<span class="scale"><span>0</span>${bar(theme, true)}<span>1</span></span>` : nothing}
    <span class="legend-notes">${legendNotes(model, numbersFrom, hasGutters).join(' · ')}</span>
  </div>`;
}

function bar(theme: Theme, isGutter: boolean): TemplateResult {
  return html`<span class=${isGutter ? 'ramp grey' : 'ramp'} .style=${`background: linear-gradient(to right, ${legendColours(theme.kind, isGutter).join(', ')})`} aria-hidden="true"></span>`;
}
