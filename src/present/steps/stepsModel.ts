// The Steps view as a view model: one row per key of one query token of one head, from q·k to the running sum that ends in z. No pixels.
// Nothing is invented: what the numbers do not hold is absent.

import { norm } from '../../core/arithmetic';
import type { StepsNumbers } from '../../core/steps';
import { isMaskedWeight } from '../map/matrixModel';
import { columnsOf, type StageColumn, scaleOf } from './stageColumns';

export interface StepsRow {
  readonly key: number;
  readonly isMasked: boolean;
  readonly qk?: number;
  /** q·k × `scale`. */
  readonly scaled?: number;
  /** One number for each of the columns. */
  readonly stages: readonly number[];
  readonly score?: number;
  readonly weight: number;
  /** What the value is multiplied by, where the model rounds its weights first. */
  readonly mixed?: number;
  /** [e] */
  readonly value?: Float32Array;
  readonly valueNorm?: number;
  /** ‖v · W_O‖ */
  readonly outNorm?: number;
  /** [e] the sum over the rows so far, and its norm. */
  readonly sum?: Float32Array;
  readonly sumNorm?: number;
}

/** How far two ways to the same numbers are apart: relative to the largest of them. */
export interface Agreement {
  readonly absolute: number;
  readonly relative: number;
}

export interface StepsModel {
  readonly columns: readonly StageColumn[];
  /** Product of all factors, where none comes after a term; 1 where there is none. Undefined: not known. */
  readonly scale?: number;
  readonly softcap?: number;
  readonly rows: readonly StepsRow[];
  /** Largest score of the row, with the sink; undefined where scores cannot be had or all are masked. */
  readonly rowMax?: number;
  /** Σ exp(score − max), with the sink. */
  readonly sumExp?: number;
  readonly sink?: { readonly logit: number; readonly weight: number };
  /** [e] the model's own. */
  readonly z?: Float32Array;
  readonly result?: Float32Array;
  /** The end of the running sum against z. */
  readonly ofSum?: Agreement;
  /** The last stage against the scores that softmax received, keys that are masked left out. */
  readonly ofScores?: Agreement;
}

export interface StepsInput {
  readonly numbers: StepsNumbers;
  readonly query: number;
  /** Later keys of weight 0 are forbidden. */
  readonly isCausal: boolean;
  /** In which order the rows are added; all keys. Undefined: as they stand in the text. */
  readonly order?: readonly number[];
}

export function stepsModel(input: StepsInput): StepsModel {
  const { numbers } = input;
  const { scores, weights, sink, z, result, stages } = numbers;
  const columns = columnsOf(stages);
  const isMasked = (key: number) => isMaskedWeight(weights[key], scores?.[key], input.isCausal && key > input.query);
  const rows = rowsOf(input, columns, isMasked);
  const last = stages.at(-1)?.values;
  const softmax = softmaxOf(scores, sink);
  return {
    columns,
    rows,
    ...scaleOf(stages),
    ...softmax,
    ...(sink !== undefined && softmax && { sink: { logit: sink, weight: Math.exp(sink - softmax.rowMax) / softmax.sumExp } }),
    ...(z && { z }),
    ...(result && { result }),
    ...(z && rows.at(-1)?.sum && { ofSum: agreement(rows.at(-1)?.sum as Float32Array, z) }),
    ...(scores && last && { ofScores: agreement(last, scores, { leaveOut: isMasked, beside: stages[0]?.values }) }),
  };
}

/** Max and Σ exp(score − max) of a row, so that a person can redo its softmax; undefined where everything is masked beyond numbers. */
function softmaxOf(scores: Float32Array | undefined, sink: number | undefined): { rowMax: number; sumExp: number } | undefined {
  const all = scores && [...scores, ...(sink === undefined ? [] : [sink])];
  const rowMax = Math.max(Number.NEGATIVE_INFINITY, ...(all ?? []));
  if (!all || !Number.isFinite(rowMax)) return undefined;
  return { rowMax, sumExp: all.reduce((sum, score) => sum + Math.exp(score - rowMax), 0) };
}

function rowsOf({ numbers, order }: StepsInput, columns: readonly StageColumn[], isMasked: (key: number) => boolean): StepsRow[] {
  const { stages, scores, weights, mixed, v, outNorms } = numbers;
  const size = v ? v.length / weights.length : 0;
  const sum = new Float64Array(size);
  const scaled = scaleOf(stages).scale === undefined ? undefined : columns[0]?.op === 'scale' ? columns[0].values : stages[0]?.values;
  return (order ?? Array.from(weights.keys())).map((key): StepsRow => {
    const value = v?.subarray(key * size, (key + 1) * size);
    const by = (mixed ?? weights)[key] as number;
    value?.forEach((one, i) => {
      sum[i] = (sum[i] as number) + by * one;
    });
    return {
      key,
      isMasked: isMasked(key),
      ...(stages[0] && { qk: stages[0].values[key] as number }),
      ...(scaled && { scaled: scaled[key] as number }),
      stages: columns.map(({ values }) => values[key] as number),
      ...(scores && { score: scores[key] as number }),
      weight: weights[key] as number,
      ...(mixed && { mixed: by }),
      ...(value && { value, valueNorm: norm(value), sum: Float32Array.from(sum), sumNorm: norm(sum) }),
      ...(outNorms && { outNorm: outNorms[key] as number }),
    };
  });
}

interface Comparing {
  readonly leaveOut?: (i: number) => boolean;
  /** Also gives the size that a difference is held against: of scores that are 0, the product that they were made from. */
  readonly beside?: Float32Array | undefined;
}

function agreement(made: Float32Array, own: Float32Array, { leaveOut, beside }: Comparing = {}): Agreement {
  let [absolute, largest] = [0, 0];
  own.forEach((value, i) => {
    if (leaveOut?.(i)) return;
    absolute = Math.max(absolute, Math.abs(value - (made[i] as number)));
    largest = Math.max(largest, Math.abs(value), Math.abs(beside?.[i] ?? 0));
  });
  return { absolute, relative: absolute === 0 ? 0 : absolute / largest };
}
