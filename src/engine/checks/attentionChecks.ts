// Identities 1 to 3 of one site: scores from queries and keys, softmax of scores, weights times values.
// Pure arithmetic on captured tensors; what to do with a deviation is decided elsewhere.

import { softmaxRows } from '../../core/arithmetic';
import type { LetteredTensor } from '../tensors/canonical';
import { attentionBudget, Deviation, type DeviationSize, sampledRows } from './deviation';
import { isFullyMasked } from './maskedRows';
import { type NumericStep, scoreProgram } from './scoreProgram';
import { addWeightedRows, dot } from './weightedRows';

/**
 * Identity 1: the steps applied to q·kᵀ give `scores`.
 * q [head, query, e], k [kvHead, key, e], scores [head, query, key].
 */
export function scoresDeviation(q: LetteredTensor, k: LetteredTensor, steps: readonly NumericStep[], scores: LetteredTensor): DeviationSize {
  const [heads, queries, keys] = scores.dims as [number, number, number];
  const size = q.dims[2] as number;
  const group = heads / (k.dims[0] as number);
  const deviation = new Deviation();
  const row = new Float64Array(keys);
  const program = scoreProgram(steps);
  const rows = sampledRows(queries, heads * keys * size, attentionBudget);
  for (const query of rows) {
    for (let head = 0; head < heads; head++) {
      const qAt = (head * queries + query) * size;
      const kFrom = Math.floor(head / group) * keys * size;
      const scoreAt = (head * queries + query) * keys;
      for (let key = 0; key < keys; key++) row[key] = dot(q.data, qAt, k.data, kFrom + key * size, size);
      for (let key = 0; key < keys; key++) deviation.scaleOfZeros(row[key] as number);
      program(row, head, query);
      // A key that came later has no score: what stands there says so.
      const reach = scores.reach?.[query] ?? keys;
      for (let key = 0; key < reach; key++) deviation.addScore(row[key] as number, scores.data[scoreAt + key] as number);
    }
  }
  return { ...deviation.size, rows: { compared: rows.length, of: queries } };
}

/**
 * Identity 2: softmax(scores) = pattern, both [head, query, key]; `sink` [head] is one more logit per row that takes part.
 * Rows in which everything is masked say nothing and are left out: models guard them in different ways.
 */
export function softmaxDeviation(scores: LetteredTensor, pattern: LetteredTensor, sink: LetteredTensor | undefined): DeviationSize {
  const [, queries, keys] = scores.dims as [number, number, number];
  const sinkOf = sink && ((row: number) => sink.data[sink.data.length === 1 ? 0 : Math.floor(row / queries)] as number);
  const expected = softmaxRows(scores.data, keys, sinkOf);
  const deviation = new Deviation();
  for (let from = 0; from < expected.length; from += keys) {
    if (isFullyMasked(scores.data, from, keys)) continue;
    for (let i = from; i < from + keys; i++) deviation.add(expected[i] as number, pattern.data[i] as number);
  }
  return deviation.size;
}

/** Identity 3: pattern [head, query, key] · v [kvHead, key, e] = z [head, query, e]. */
export function mixDeviation(pattern: LetteredTensor, v: LetteredTensor, z: LetteredTensor): DeviationSize {
  const [heads, queries, keys] = pattern.dims as [number, number, number];
  const size = v.dims[2] as number;
  const group = heads / (v.dims[0] as number);
  const deviation = new Deviation();
  const sum = new Float64Array(size);
  const rows = sampledRows(queries, heads * keys * size, attentionBudget);
  for (const query of rows) {
    for (let head = 0; head < heads; head++) {
      sum.fill(0);
      const values = { data: v.data, width: size, start: Math.floor(head / group) * keys * size, stride: size };
      addWeightedRows(sum, values, pattern.data, (head * queries + query) * keys, keys);
      const zAt = (head * queries + query) * size;
      for (let i = 0; i < size; i++) deviation.add(sum[i] as number, z.data[zAt + i] as number);
    }
  }
  return { ...deviation.size, rows: { compared: rows.length, of: queries } };
}
