// What the focus token reads, in bars and in words.

import { html, nothing, type TemplateResult } from 'lit';
import { barsModel, largestContent, specialShare } from '../../../src/present/map/barsModel';
import { isMaskedCell } from '../../../src/present/map/matrixModel';
import { weightText } from '../../../src/present/words/numbers';
import { caption, largestText, restingPlaceText, specialShareText, standingSentence } from '../../../src/present/words/panelWords';
import { placedLabel } from '../../../src/present/words/tokenLabel';
import { rowOf, type WeightPicture } from '../../../src/reading/picture';
import { icon, type PanelContext, phrases } from '../context';

/** `L2H1 of 16, chosen because …` and pin. */
export function captionLine({ actions }: PanelContext, { run, view, queryLabels }: WeightPicture): TemplateResult {
  const pin =
    view.head === null
      ? nothing
      : html`<button type="button" class="link pin" aria-pressed=${view.isPinned ? 'true' : 'false'}
    title=${view.isPinned ? 'Let every text choose its head again' : 'Keep this head for the next texts'} @click=${() => actions.pin(!view.isPinned)}>${icon(view.isPinned ? 'pinned' : 'pin')} ${view.isPinned ? 'unpin' : 'pin'}</button>`;
  return html`<p class="caption"><span>${phrases(caption(run, view, placedLabel(queryLabels, view.focus)))}</span> ${pin}</p>`;
}

/** The five largest weights of the focus row, and notes. */
export function focusRow(context: PanelContext, picture: WeightPicture): TemplateResult {
  const row = rowOf(picture, picture.view.focus);
  return html`<div class="focus-row">
    <ol class="bars" aria-label=${`Largest weights of ${picture.queryLabels[picture.view.focus] ?? ''}`}>
      ${barsModel(row, picture.keys, (key) => isMaskedCell(picture, picture.view.focus, key)).map(
        (
          bar,
        ) => html`<li class=${bar.isSpecial ? 'special' : ''} @mouseenter=${() => context.actions.hover({ query: picture.view.focus, key: bar.key })} @mouseleave=${() => context.actions.hover(null)}>
        <span class="bar-label">${placedLabel(picture.keyLabels, bar.key)}</span>
        <span class="bar-line"><span class="bar" .style=${`--length: ${bar.length.toFixed(4)}`}></span><span class="bar-number">${weightText(bar.weight)}</span></span>
      </li>`,
      )}
    </ol>
    ${notes(row, picture)}
  </div>`;
}

function notes(row: Float32Array, picture: WeightPicture): TemplateResult {
  const share = specialShare(row, picture.keys);
  const resting = share && restingPlaceText(share);
  const largest = largestContent(row, picture.keys, (key) => isMaskedCell(picture, picture.view.focus, key));
  return html`<div class="notes">
    ${share ? html`<p><span class="chip">${specialShareText(share)}</span>${resting ? html` ${resting}` : nothing}</p>` : nothing}
    ${largest ? html`<p>${phrases(largestText(placedLabel(picture.keyLabels, largest.key), largest.weight, largest.weight >= Math.max(...row)))}.</p>` : nothing}
    <p>${standingSentence}</p>
  </div>`;
}
