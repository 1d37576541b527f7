// Small pictures of patterns: largest weight per tile as bytes of one common domain. Special tokens are left out.

import type { PackEntry } from '../../core/tensorPack';
import type { LetteredTensor } from '../tensors/canonical';

export interface ThumbnailInput {
  readonly layer: number;
  readonly pattern: LetteredTensor; // [head, query, key]
  /** Content tokens: everything but special ones. */
  readonly queries: readonly number[];
  readonly keys: readonly number[];
}

/** Values of the content cells of all heads, head by head, and then of their mean. */
function contentOf({ pattern, queries, keys }: ThumbnailInput): Float32Array {
  const [heads, queryCount, keyCount] = pattern.dims as [number, number, number];
  const cells = queries.length * keys.length;
  const result = new Float32Array((heads + 1) * cells);
  let to = 0;
  for (let head = 0; head < heads; head++)
    for (const query of queries) {
      const from = (head * queryCount + query) * keyCount;
      for (const key of keys) result[to++] = pattern.data[from + key] as number;
    }
  // Of the cells, before they share a tile: the mean of the largest is larger than the largest of the mean.
  for (let cell = 0; cell < cells; cell++) {
    let sum = 0;
    for (let head = 0; head < heads; head++) sum += result[head * cells + cell] as number;
    result[heads * cells + cell] = sum / heads;
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

function largest(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}

/** Counts of numbers ≥ 0 by their first 20 bits as float32: within 0.05 % of each other. */
class Histogram {
  private readonly counts = new Uint32Array(2 ** 19);
  private total = 0;

  add(values: Float32Array): void {
    const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
    for (const one of bits) {
      const bin = one >= 2 ** 31 ? 0 : one >>> 12;
      this.counts[bin] = (this.counts[bin] as number) + 1;
    }
    this.total += values.length;
  }

  /** Nearest rank, rounded down by at most 0.05 %; 0 where nothing was counted. */
  quantile(fraction: number): number {
    const rank = Math.max(1, Math.ceil(fraction * this.total));
    let bin = 0;
    for (let seen = this.counts[0] as number; seen < rank && bin + 1 < this.counts.length; seen += this.counts[bin] as number) bin++;
    return this.total === 0 ? 0 : (new Float32Array(Uint32Array.of(bin << 12).buffer)[0] as number);
  }
}

/** Takes one layer after the other and keeps no more than their small pictures. */
export class ThumbnailPictures {
  private readonly histogram = new Histogram();
  private readonly small: { readonly name: string; readonly dims: readonly number[]; readonly data: Float32Array }[] = [];

  constructor(
    private readonly maxSide: number,
    private readonly isOwnScale = false,
  ) {}

  add(input: ThumbnailInput): void {
    const content = contentOf(input);
    const { data, rows, columns } = pooled(content, input.queries.length, input.keys.length, this.maxSide);
    // Of what is drawn: the few large weights of a long text are in most of its tiles, and would all look alike on the scale of its cells.
    const headCount = input.pattern.dims[0] as number;
    this.histogram.add(data.subarray(0, headCount * rows * columns));
    this.small.push({ name: `L${input.layer}`, dims: [headCount + 1, rows, columns], data });
  }

  /**
   * Entries `L{layer}` u8 [head + 1, rows, columns], the last one the mean, value/255 of `domain` (larger ones clipped) or of the picture's own largest, and
   * `domain` f32 [2]:
   * 0 … 99.5th percentile of what is drawn of all heads: content cells, or the largest of each tile.
   */
  entries(): PackEntry[] {
    const top = this.histogram.quantile(0.995) || 1;
    const entries = this.small.map(({ name, dims, data }): PackEntry => {
      const cells = (dims[1] as number) * (dims[2] as number);
      const tops = Array.from({ length: dims[0] as number }, (_, picture) =>
        this.isOwnScale ? largest(data.subarray(picture * cells, (picture + 1) * cells)) || 1 : top,
      );
      return { name, dims, data: Uint8Array.from(data, (value, at) => Math.min(255, Math.round((value / (tops[Math.floor(at / cells)] as number)) * 255))) };
    });
    return [...entries, { name: 'domain', dims: [2], data: new Float32Array([0, top]) }];
  }
}
