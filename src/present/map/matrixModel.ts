// One head's map as a view model: content cells, narrow gutters for special tokens, masked cells, domain. No pixels, no words.
// Special tokens are never renormalised away: dim and show keep them, hide drops them and says how many.

import { maskedBelow } from '../../core/arithmetic';
import type { Token } from '../../core/token';
import { type Domain, isBeyond, unitDomain } from '../colour/scale';

/** A row or a column: one token, or `count` neighbouring content tokens where there is no room for each. */
export interface AxisEntry {
  readonly index: number;
  readonly count: number;
  readonly isGutter: boolean;
}

export interface MatrixInput {
  /** [query, key] attention weights. */
  readonly weights: Float32Array;
  readonly queries: readonly Token[];
  readonly keys: readonly Token[];
  /** Later keys of weight 0 are forbidden: only where the site is known to be causal. */
  readonly isCausal: boolean;
  /** [query, key] what softmax received; cells of weight 0 below −1000 are masked. */
  readonly scores?: Float32Array;
  readonly specialTokens: 'dim' | 'show' | 'hide';
  /** 0 … 1 instead of 0 … largest content cell. */
  readonly isUnitDomain: boolean;
  /** Tokens per row and column; above 1 a cell shows the largest weight of its tile. */
  readonly tile: number;
}

export interface MatrixModel {
  readonly rows: readonly AxisEntry[];
  readonly columns: readonly AxisEntry[];
  /** [row, column] */
  readonly values: Float32Array;
  /** [row, column] 1 where the mask forbids the cell (the whole tile). */
  readonly masked: Uint8Array;
  readonly domain: Domain;
  /** Largest weight of the cells that are no gutters. */
  readonly largest: number;
  /** Whether `largest` was sought between words only: special tokens are apart, hidden, or there are none. */
  readonly isOfWords: boolean;
  readonly tile: number;
  readonly hiddenCount: number;
  /** Content cells beyond the domain. */
  readonly clippedCount: number;
  readonly maskedCount: number;
}

/** A map whose words read next to nothing of each other is not stretched until its last digits glow. */
export const smallestDomain = 1e-3;

/** Whether a weight is that of a masked cell: it is 0, and the cell is forbidden or its score is a mask's. */
export function isMaskedWeight(weight: number | undefined, score: number | undefined, isForbidden: boolean): boolean {
  return weight === 0 && (isForbidden || (score !== undefined && score < maskedBelow));
}

/** Whether the mask forbids the cell, as far as that is known. A cell that has any weight is never masked, whatever should be so. */
export function isMaskedCell(
  { weights, isCausal, scores, keys }: Pick<MatrixInput, 'weights' | 'isCausal' | 'scores' | 'keys'>,
  query: number,
  key: number,
): boolean {
  const at = query * keys.length + key;
  return isMaskedWeight(weights[at], scores?.[at], isCausal && key > query);
}

/** The view model of one head, or of a layer's mean. */
export function matrixModel(input: MatrixInput): MatrixModel {
  const rows = axisOf(input.queries, input);
  const columns = axisOf(input.keys, input);
  const values = new Float32Array(rows.length * columns.length);
  const masked = new Uint8Array(values.length);
  let largest = 0;
  rows.forEach((row, r) => {
    columns.forEach((column, c) => {
      const best = largestIn(input, row, column);
      const at = r * columns.length + c;
      if (best) values[at] = best.weight;
      else masked[at] = 1;
      if (best && !row.isGutter && !column.isGutter) largest = Math.max(largest, best.weight);
    });
  });
  const domain = input.isUnitDomain || largest === 0 ? unitDomain : { min: 0, max: Math.max(largest, smallestDomain) };
  const counts = countsOf(rows, columns, values, masked, domain);
  const hiddenCount = input.specialTokens === 'hide' ? new Set([...input.queries, ...input.keys].filter((token) => token.isSpecial)).size : 0;
  const isOfWords = input.specialTokens !== 'show' || ![...input.queries, ...input.keys].some((token) => token.isSpecial);
  return { rows, columns, values, masked, domain, largest, isOfWords, tile: input.tile, hiddenCount, ...counts };
}

/** The largest allowed weight of a tile and where it stands; undefined where the mask forbids all of it. */
export function largestIn(input: MatrixInput, row: AxisEntry, column: AxisEntry): { query: number; key: number; weight: number } | undefined {
  let best: { query: number; key: number; weight: number } | undefined;
  for (let query = row.index; query < row.index + row.count; query++) {
    for (let key = column.index; key < column.index + column.count; key++) {
      const weight = input.weights[query * input.keys.length + key] as number;
      if ((!best || weight > best.weight) && !isMaskedCell(input, query, key)) best = { query, key, weight };
    }
  }
  return best;
}

function axisOf(tokens: readonly Token[], { specialTokens, tile }: MatrixInput): AxisEntry[] {
  const entries: AxisEntry[] = [];
  tokens.forEach((token, index) => {
    if (token.isSpecial && specialTokens === 'hide') return;
    const isGutter = token.isSpecial && specialTokens === 'dim';
    const last = entries[entries.length - 1];
    const joins = last && !isGutter && !last.isGutter && last.count < tile && last.index + last.count === index;
    if (joins) entries[entries.length - 1] = { ...last, count: last.count + 1 };
    else entries.push({ index, count: 1, isGutter });
  });
  return entries;
}

function countsOf(rows: readonly AxisEntry[], columns: readonly AxisEntry[], values: Float32Array, masked: Uint8Array, domain: Domain) {
  let clippedCount = 0;
  let maskedCount = 0;
  values.forEach((value, at) => {
    const isContent = !rows[Math.floor(at / columns.length)]?.isGutter && !columns[at % columns.length]?.isGutter;
    if (masked[at]) maskedCount++;
    else if (isContent && isBeyond(value, domain)) clippedCount++;
  });
  return { clippedCount, maskedCount };
}

/** Which row or column of the axis shows token `index`; −1 where it is hidden. */
export function entryOf(axis: readonly AxisEntry[], index: number): number {
  return axis.findIndex((entry) => index >= entry.index && index < entry.index + entry.count);
}
