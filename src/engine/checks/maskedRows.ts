// Query rows that say nothing: everything they could read is masked and their pattern is no number.
// Models guard such rows in different ways; identities leave them out.

import type { LetteredTensor } from '../tensors/canonical';

/** Whether every one of `count` scores from `from` on is masked beyond doubt. */
export function isFullyMasked(scores: Float32Array, from: number, count: number): boolean {
  for (let i = from; i < from + count; i++) if (!((scores[i] as number) <= -1e30)) return false;
  return true;
}

/** Rows in which some head has only masked scores and NaN for a pattern; scores and pattern [head, query, key]. */
export function silentRows(scores: LetteredTensor | undefined, pattern: LetteredTensor | undefined): ReadonlySet<number> {
  const rows = new Set<number>();
  if (!scores || pattern?.data.length !== scores.data.length) return rows;
  const [, queries, keys] = scores.dims as [number, number, number];
  for (let from = 0; from < scores.data.length; from += keys)
    if (Number.isNaN(pattern.data[from]) && isFullyMasked(scores.data, from, keys)) rows.add((from / keys) % queries);
  return rows;
}

/** The tensor without these entries along its query axis; as it is where it has none, or one of size 1. */
export function withoutRows(tensor: LetteredTensor, rows: ReadonlySet<number>): LetteredTensor {
  const axis = tensor.letters.indexOf('q');
  const count = tensor.dims[axis] ?? 1;
  if (rows.size === 0 || axis < 0 || count === 1) return tensor;
  const size = tensor.dims.slice(axis + 1).reduce((product, dim) => product * dim, 1);
  const data = tensor.data.filter((_, i) => !rows.has(Math.floor(i / size) % count));
  const reach = tensor.reach && { reach: tensor.reach.filter((_, query) => !rows.has(query)) };
  return { letters: tensor.letters, dims: tensor.dims.map((dim, i) => (i === axis ? dim - rows.size : dim)), data, ...reach };
}
