// Small pictures of patterns: largest weight per tile as bytes of one common domain. Special tokens are left out.

import { quantile } from '../core/arithmetic';
import type { PackEntry } from '../core/tensorPack';
import type { LetteredTensor } from './canonical';

export interface ThumbnailInput {
  readonly layer: number;
  readonly pattern: LetteredTensor; // [head, query, key]
  /** Content tokens: everything but special ones. */
  readonly queries: readonly number[];
  readonly keys: readonly number[];
}

/** Values of the content cells of all heads, head by head. */
function contentOf({ pattern, queries, keys }: ThumbnailInput): Float32Array {
  const [heads, queryCount, keyCount] = pattern.dims as [number, number, number];
  const result = new Float32Array(heads * queries.length * keys.length);
  let to = 0;
  for (let head = 0; head < heads; head++)
    for (const query of queries) {
      const from = (head * queryCount + query) * keyCount;
      for (const key of keys) result[to++] = pattern.data[from + key] as number;
    }
  return result;
}

/** Largest value per tile: [heads, rows, columns] → [heads, tileRows, tileColumns]. */
function pooled(content: Float32Array, rows: number, columns: number, side: number): { data: Float32Array; rows: number; columns: number } {
  const [tileRows, tileColumns] = [Math.min(rows, side), Math.min(columns, side)];
  if (tileRows === rows && tileColumns === columns) return { data: content, rows, columns };
  const heads = rows * columns === 0 ? 0 : content.length / (rows * columns);
  const data = new Float32Array(heads * tileRows * tileColumns);
  for (let i = 0; i < content.length; i++) {
    const row = Math.floor(i / columns) % rows;
    const head = Math.floor(i / (rows * columns));
    const at = (head * tileRows + Math.floor((row * tileRows) / rows)) * tileColumns + Math.floor(((i % columns) * tileColumns) / columns);
    const value = content[i] as number;
    if (value > (data[at] as number)) data[at] = value;
  }
  return { data, rows: tileRows, columns: tileColumns };
}

/**
 * Entries `L{layer}` u8 [head, rows, columns], value/255 of `domain` (larger ones clipped), and `domain` f32 [2]:
 * 0 … 99.5th percentile of the content cells of all heads.
 */
export function thumbnailEntries(inputs: readonly ThumbnailInput[], maxSide: number): PackEntry[] {
  const contents = inputs.map(contentOf);
  const all = new Float32Array(contents.reduce((sum, content) => sum + content.length, 0));
  contents.reduce((to, content) => {
    all.set(content, to);
    return to + content.length;
  }, 0);
  const top = quantile(all, 0.995) || 1;
  const entries = inputs.map((input, i): PackEntry => {
    const small = pooled(contents[i] as Float32Array, input.queries.length, input.keys.length, maxSide);
    const data = Uint8Array.from(small.data, (value) => Math.min(255, Math.round((value / top) * 255)));
    return { name: `L${input.layer}`, dims: [input.pattern.dims[0] as number, small.rows, small.columns], data };
  });
  return [...entries, { name: 'domain', dims: [2], data: new Float32Array([0, top]) }];
}
