// The model card, folded out of the toolbar: what is known of the file, and what the model's own card says of it.

import { html, nothing, type TemplateResult } from 'lit';
import type { ModelDescription } from '../../../src/core/modelDescription';
import { type CardBlock, type CardSection, readCard } from '../../../src/present/words/modelCard';
import { fileFacts, textFacts, towerFacts } from '../../../src/present/words/modelFacts';
import { icon, type PanelContext, phrases } from '../context';
import { inputTable } from './inputTable';

/** The button beside the model's name, and the card below it. */
export function modelCard(context: PanelContext, model: ModelDescription, toggle: () => void): TemplateResult {
  const isOpen = context.ui.openDetails === 'card';
  return html`<div class="details-place">
    <button type="button" class="about" aria-expanded=${isOpen ? 'true' : 'false'} aria-controls="model-card" aria-label="About this model" title="About this model" @click=${toggle}>
      ${icon('info')}
    </button>
    <div id="model-card" class="details card" tabindex="0" role="region" aria-label="Model card" ?hidden=${!isOpen}>${isOpen ? content(context, model) : nothing}</div>
  </div>`;
}

const hasTable = ({ blocks }: CardSection) => blocks.some((one) => one.is === 'table');

function content(context: PanelContext, model: ModelDescription): TemplateResult {
  const card = model.card === null ? undefined : readCard(model.card);
  // Words first: figures are long, and say little without them.
  const sections = card?.sections.toSorted((a, b) => Number(hasTable(a)) - Number(hasTable(b)));
  return html`<h2>${card?.title || model.name}</h2>
    <ul>
      ${[fileFacts(model), ...model.notes, textFacts(model), ...model.towers.map(towerFacts)].map((line) => html`<li>${line}</li>`)}
    </ul>
    ${inputTable(context, model)}
    ${sections?.map(section) ?? html`<p>The model's folder has no card.md that would say more of it.</p>`}`;
}

function section({ title, blocks }: CardSection): TemplateResult {
  return html`${title ? html`<h3>${title}</h3>` : nothing}${blocks.map(block)}`;
}

function block(one: CardBlock): TemplateResult {
  if (one.is !== 'table') return html`<p class=${one.is}>${phrases(one.phrases)}</p>`;
  const [names = [], ...rows] = one.rows;
  return html`<table>
    <thead><tr>${names.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
    <tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
  </table>`;
}
