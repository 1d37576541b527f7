// Head and rows of the table of steps, and the products that an opened row is made of.

import { html, nothing, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import type { StepsNumbers } from '../../../src/core/steps';
import type { StepsModel, StepsRow } from '../../../src/present/steps/stepsModel';
import { stepText } from '../../../src/present/steps/stepsWords';

interface HeadOptions {
  /** The step whose column is lit. */
  readonly lit: string | undefined;
  /** Numbers in the place of strips. */
  readonly isTable: boolean;
  /** Of a value. */
  readonly size: number | undefined;
}

const softmaxStep = 'softmax';
const sumStep = '× v, added up';

export function stepsHeads(model: StepsModel, { lit, isTable, size }: HeadOptions): TemplateResult {
  const [first] = model.rows;
  const head = (text: string, step: string, title: string) => html`<th scope="col" class=${step === lit ? 'lit' : ''} title=${title}>${text}</th>`;
  const strip = (text: string) => (isTable ? nothing : html`<th scope="col" class="strip-head ${lit === sumStep ? 'lit' : ''}">${text}</th>`);
  return html`<thead><tr><th scope="col" class="key-head">key</th>
    ${first?.qk === undefined ? nothing : html`${head('q·k', 'q·k', 'Query times key')}${model.columns.map(({ label }) => head(label, label, label))}`}
    ${head('score', softmaxStep, 'What softmax receives')}${head('weight', softmaxStep, 'exp(score − max) ÷ Σ')}
    ${first?.value ? html`${strip(`value v (${size})`)}${head('‖v‖', sumStep, 'Length of the value')}` : nothing}
    ${first?.outNorm === undefined ? nothing : head('‖v·W_O‖', sumStep, 'Length of the value behind W_O')}
    ${first?.sum ? html`${strip('newValue += weight × v')}${head('‖sum‖', sumStep, 'Length of the sum so far')}` : nothing}
  </tr></thead>`;
}

interface RowOptions {
  readonly model: StepsModel;
  readonly numbers: StepsNumbers;
  readonly lit: string | undefined;
  readonly isTable: boolean;
  readonly isCurrent: boolean;
  readonly isOpen: boolean;
  readonly label: string;
  readonly onPick: () => void;
  readonly onHover: () => void;
}

export function stepsRow(row: StepsRow, { model, numbers, lit, isTable, isCurrent, isOpen, label, onPick, onHover }: RowOptions): TemplateResult {
  const digits = isTable ? 6 : 3;
  const number = (value: number | undefined, step: string, places = digits) =>
    html`<td class=${classMap({ lit: step === lit, quiet: value === 0 })} title=${value === undefined ? nothing : String(value)}>${stepText(value, places)}</td>`;
  const strip = (which: 'v' | 'sum') =>
    isTable ? nothing : html`<td class="strip-cell"><canvas class="strip" data-strip=${which} data-key=${row.key} aria-hidden="true"></canvas></td>`;
  const rest = html`${row.value ? html`${strip('v')}${number(row.valueNorm, sumStep)}` : nothing}${row.outNorm === undefined ? nothing : number(row.outNorm, sumStep)}
    ${row.sum ? html`${strip('sum')}${number(row.sumNorm, sumStep)}` : nothing}`;
  return html`<tr class=${classMap({ current: isCurrent, masked: row.isMasked })} aria-rowindex=${row.key + 2} aria-current=${isCurrent ? 'true' : nothing} @click=${onPick} @mouseenter=${onHover}>
    <th scope="row" data-index=${row.key} title=${`token ${row.key}`}>${label}</th>
    ${row.qk === undefined ? nothing : html`${number(row.qk, 'q·k')}${model.columns.map((column, i) => number(row.stages[i], column.label))}`}
    ${row.isMasked ? html`<td class=${classMap({ lit: lit === softmaxStep, masked: true })}>masked</td>` : number(row.score, softmaxStep)}
    ${number(row.weight, softmaxStep, isTable ? 6 : 4)}${rest}
  </tr>${isOpen ? products(row, numbers) : nothing}`;
}

/** Dimension by dimension: q, k, their product; v, weight × v and the sum so far. */
function products(row: StepsRow, { q, k, weights }: StepsNumbers): TemplateResult {
  const own = q && k?.subarray(row.key * q.length, (row.key + 1) * q.length);
  const by = row.mixed ?? row.weight;
  const lines: readonly (readonly [string, ArrayLike<number> | undefined])[] = [
    ['q', q],
    ['k', own],
    ['q × k', q && own && Array.from(q, (value, i) => value * (own[i] as number))],
    ['v', row.value],
    ['weight × v', row.value && Array.from(row.value, (value) => by * value)],
    ['sum so far', row.sum],
  ];
  const there = lines.filter((line): line is readonly [string, ArrayLike<number>] => line[1] !== undefined);
  const size = Math.max(0, ...there.map(([, values]) => values.length));
  if (there.length === 0) return html`<tr class="opened"><td colspan="99">Queries, keys and values of this model cannot be had.</td></tr>`;
  return html`<tr class="opened"><td colspan="99"><div class="products" tabindex="0" role="group" aria-label="Dimension by dimension, scrollable">
    <table><caption class="for-readers">Dimension by dimension, key ${row.key} of ${weights.length}</caption>
      <thead><tr><td></td>${Array.from({ length: size }, (_, i) => html`<th scope="col">${i}</th>`)}<th scope="col">Σ</th></tr></thead>
      <tbody>${there.map(
        ([name, values]) => html`<tr><th scope="row">${name}</th>${Array.from(values, (value) => html`<td title=${String(value)}>${stepText(value)}</td>`)}
        <td class="total">${name === 'q × k' ? stepText(Array.from(values).reduce((sum, value) => sum + value, 0)) : ''}</td></tr>`,
      )}</tbody>
    </table></div></td></tr>`;
}
