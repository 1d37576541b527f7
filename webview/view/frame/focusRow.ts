// What the focus token reads: bars and notes where there is room, one line where there is little.

import { html, nothing, type TemplateResult } from 'lit';
import { barsModel, largestContent, specialShare } from '../../../src/present/map/barsModel';
import { isMaskedCell } from '../../../src/present/map/matrixModel';
import { weightText } from '../../../src/present/words/numbers';
import { largestText, restingPlaceText, specialShareText, standingSentence } from '../../../src/present/words/panelWords';
import { decoderNote } from '../../../src/present/words/runWords';
import { placedLabel } from '../../../src/present/words/tokenLabel';
import { rowOf, type WeightPicture } from '../../../src/reading/picture';
import { type PanelContext, phrases } from '../context';

/** The five largest weights of the focus row, and notes. */
export function focusRow(context: PanelContext, picture: WeightPicture): TemplateResult {
  const label = placedLabel(picture.queryLabels, picture.view.focus);
  return html`<section class="focus-row" aria-labelledby="focus-row-title">
    <h2 id="focus-row-title" title=${notesOf(context, picture).map(textOfNote).join(' ')}><b>${label}</b> reads</h2>
    <ol class="bars" aria-label=${`Largest weights of ${label}`}>${barsOf(picture).map((bar) => barItem(context, picture, bar))}</ol>
    <div class="notes">${notesOf(context, picture).map((note) => html`<p>${phrases(note)}</p>`)}</div>
  </section>`;
}

type Bar = ReturnType<typeof barsModel>[number];

function barsOf(picture: WeightPicture): Bar[] {
  return barsModel(rowOf(picture, picture.view.focus), picture.keys, (key) => isMaskedCell(picture, picture.view.focus, key));
}

function barItem({ actions }: PanelContext, picture: WeightPicture, bar: Bar): TemplateResult {
  return html`<li class=${bar.isSpecial ? 'special' : ''} @mouseenter=${() => actions.hover({ query: picture.view.focus, key: bar.key })} @mouseleave=${() => actions.hover(null)}>
    <span class="bar-label">${placedLabel(picture.keyLabels, bar.key)}</span>
    <span class="bar-line"><span class="bar" .style=${`--length: ${bar.length.toFixed(4)}`}></span><span class="bar-number">${weightText(bar.weight)}</span></span>
  </li>`;
}

type Note = ReturnType<typeof largestText>;
const textOfNote = (note: Note) => note.map(({ text }) => text).join('');

function notesOf({ subject }: PanelContext, picture: WeightPicture): Note[] {
  const row = rowOf(picture, picture.view.focus);
  const share = specialShare(row, picture.keys);
  const resting = share && restingPlaceText(share);
  const largest = largestContent(row, picture.keys, (key) => isMaskedCell(picture, picture.view.focus, key));
  const note = decoderNote(subject.model, picture.run);
  return [
    ...(share ? [[{ text: `${specialShareText(share)}${resting ? ` ${resting}` : ''}` }]] : []),
    ...(largest ? [[...largestText(placedLabel(picture.keyLabels, largest.key), largest.weight, largest.weight >= Math.max(...row)), { text: '.' }]] : []),
    ...(note ? [[{ text: note }]] : []),
    [{ text: standingSentence }],
  ];
}

/** The whole row as one bar, a part for each of its largest weights, and the three largest in words. */
export function focusBar(context: PanelContext, picture: WeightPicture): TemplateResult {
  const bars = barsOf(picture);
  const words = bars.filter(({ isSpecial }) => !isSpecial).slice(0, 3);
  const label = placedLabel(picture.queryLabels, picture.view.focus);
  return html`<p class="focus-bar" title=${notesOf(context, picture).map(textOfNote).join(' ')}>
    <span class="for-readers">${label} reads: </span>
    <span class="stack" aria-hidden="true">${bars.map(({ weight, isSpecial }) => html`<span class=${isSpecial ? 'part special' : 'part'} .style=${`--share: ${weight.toFixed(4)}`}></span>`)}</span>
    <span class="largest">${words.map(
      ({ key, weight }, i) =>
        html`${i > 0 ? ' · ' : nothing}<span @mouseenter=${() => context.actions.hover({ query: picture.view.focus, key })} @mouseleave=${() => context.actions.hover(null)}>${placedLabel(picture.keyLabels, key)} ${weightText(weight)}</span>`,
    )}</span>
  </p>`;
}
