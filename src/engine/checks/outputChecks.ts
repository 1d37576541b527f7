// Identities 4 to 6 of one site: heads in the input of W_O, their outputs summed, the residual stream. And equal tensors (7).
// Pure arithmetic on captured tensors and on the weights of the output projection.

import type { LetteredTensor } from '../tensors/canonical';
import { Deviation, type DeviationSize, projectionBudget, sampledRows } from './deviation';
import { addWeightedRows } from './weightedRows';

/** A weight matrix [input, output], row-major, and what is added to every row of its product. */
export interface Projection {
  readonly inputSize: number;
  readonly outputSize: number;
  readonly weight: Float32Array;
  readonly bias?: Float32Array;
}

/** Some rows of a tensor, made anew: which, and their numbers. */
export interface RecomputedRows {
  readonly rows: readonly number[];
  readonly values: readonly Float64Array[];
  /** True where the model rounds to 8 bits on the way, and these are not rounded. */
  readonly isUnrounded: boolean;
}

/** Where the numbers of a head stand in the input of W_O: dimension i of the head in column `start + i · stride`. */
export interface HeadColumns {
  readonly start: number;
  readonly stride: number;
}

interface Merge extends DeviationSize {
  /** One entry per head. */
  readonly columns: readonly HeadColumns[];
  /** Two heads with the same numbers everywhere: which of them stands where, no comparison can tell. */
  readonly alike?: readonly [number, number];
}

/** Two heads of z [head, query, e] that are equal bit by bit, and not zero everywhere (the order of zeros changes no sum). */
function headsAlike({ data, dims }: LetteredTensor): readonly [number, number] | undefined {
  const [heads, rows, size] = dims as [number, number, number];
  const values = Array.from({ length: heads }, (_, head) => data.subarray(head * rows * size, (head + 1) * rows * size));
  for (const [b, second] of values.entries()) {
    if (second.every((value) => value === 0)) continue;
    const a = values.slice(0, b).findIndex((first) => first.every((value, i) => value === second[i]));
    if (a >= 0) return [a, b];
  }
  return undefined;
}

function differs(z: LetteredTensor, head: number, merged: LetteredTensor, columns: HeadColumns): boolean {
  const [, rows, size] = z.dims as [number, number, number];
  const width = merged.dims[merged.dims.length - 1] as number;
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < size; i++) {
      const there = merged.data[row * width + columns.start + i * columns.stride];
      if (there !== z.data[(head * rows + row) * size + i]) return true;
    }
  }
  return false;
}

/**
 * Identity 4: z [head, query, e] stands in the input of W_O [query, in]. Finds for every head its columns, bit by bit;
 * where none is equal, the plain order is measured.
 */
export function mergeDeviation(z: LetteredTensor, merged: LetteredTensor): Merge {
  const [heads, rows, size] = z.dims as [number, number, number];
  const width = merged.dims[merged.dims.length - 1] as number;
  const blocks = Array.from({ length: Math.floor(width / size) }, (_, block) => ({ start: block * size, stride: 1 }));
  const taken = new Set<HeadColumns>();
  const columns = Array.from({ length: heads }, (_, head): HeadColumns => {
    const own = blocks[head];
    const candidates = [...(own ? [own] : []), { start: head, stride: heads }, ...blocks].filter(
      (one) => !taken.has(one) && one.start + (size - 1) * one.stride < width,
    );
    const found = candidates.find((one) => !differs(z, head, merged, one)) ?? { start: head * size, stride: 1 };
    taken.add(found);
    return found;
  });
  const deviation = new Deviation();
  columns.forEach(({ start, stride }, head) => {
    for (let row = 0; row < rows; row++)
      for (let i = 0; i < size; i++)
        deviation.add(merged.data[row * width + start + i * stride] ?? Number.NaN, z.data[(head * rows + row) * size + i] as number);
  });
  const alike = headsAlike(z);
  return { ...deviation.size, columns, ...(alike && { alike }) };
}

/** z · W_O of one head, no bias, for one row: adds e rows of the matrix to `sum` [out]. */
export function addHeadOutput(sum: Float64Array, projection: Projection, columns: HeadColumns, values: Float32Array, from: number, size: number): void {
  const { outputSize, weight } = projection;
  const rows = { data: weight, width: outputSize, start: columns.start * outputSize, stride: columns.stride * outputSize };
  addWeightedRows(sum, rows, values, from, size);
}

/** Identity 5: Σ z[head] · W_O[head] + bias = attn_out [query, d]. */
export function projectionDeviation(z: LetteredTensor, columns: readonly HeadColumns[], projection: Projection, attnOut: LetteredTensor): DeviationSize {
  const [heads, rows, size] = z.dims as [number, number, number];
  const { outputSize, bias } = projection;
  const deviation = new Deviation();
  const sum = new Float64Array(outputSize);
  const sampled = sampledRows(rows, heads * size * outputSize, projectionBudget);
  for (const row of sampled) {
    if (bias) sum.set(bias);
    else sum.fill(0);
    for (let head = 0; head < heads; head++) addHeadOutput(sum, projection, columns[head] as HeadColumns, z.data, (head * rows + row) * size, size);
    for (let o = 0; o < outputSize; o++) deviation.add(sum[o] as number, attnOut.data[row * outputSize + o] as number);
  }
  return { ...deviation.size, rows: { compared: sampled.length, of: rows } };
}

/** Identity 6: skip + added = sum, element by element. */
export function residualDeviation(skip: LetteredTensor, added: LetteredTensor, sum: LetteredTensor): DeviationSize {
  const deviation = new Deviation();
  for (let i = 0; i < sum.data.length; i++)
    deviation.add((skip.data[i % skip.data.length] as number) + (added.data[i % added.data.length] as number), sum.data[i] as number);
  return deviation.size;
}

/** Largest difference of two tensors of the same size; unbounded where the sizes differ. */
export function differenceOf(expected: Float32Array, actual: Float32Array): DeviationSize {
  const deviation = new Deviation();
  if (expected.length !== actual.length) deviation.add(Number.NaN, 0);
  else
    for (let i = 0; i < actual.length; i++) {
      const [a, b] = [expected[i] as number, actual[i] as number];
      if (a !== b) deviation.add(a, b);
      else deviation.add(b, b);
    }
  return deviation.size;
}

/** Nothing where a deviation is no larger than `steps` roundings to 8 bits may make it: each half a step of the range, of 127 on each side. */
const lessRounding = (found: DeviationSize, steps: number): DeviationSize => (found.relative <= steps / 127 ? { ...found, absolute: 0, relative: 0 } : found);

/** The difference of two tensors, one of which was rounded to 8 bits. */
export function coarseDeviation(plain: Float32Array, rounded: Float32Array): DeviationSize {
  return lessRounding(differenceOf(plain, rounded), 1.5);
}

/** The distance of neighbours on the grid that all numbers stand on; undefined where they are no more than 256 places of one. */
function gridOf(values: Float32Array): number | undefined {
  const places = [...new Set(values)].sort((a, b) => a - b);
  if (places.length < 2 || places.length > 256 || values.length < 2 * places.length) return undefined;
  const gaps = places.slice(1).map((place, i) => place - (places[i] as number));
  const step = Math.min(...gaps);
  return gaps.every((gap) => Math.abs(gap / step - Math.round(gap / step)) < 0.02) ? step : undefined;
}

/** The difference of two tensors, one of which may be the other rounded to 8 bits: then nothing up to half a step of its own grid. */
export function differenceOfRounded(a: Float32Array, b: Float32Array): DeviationSize {
  const plain = differenceOf(a, b);
  const steps = [a, b].map(gridOf).filter((step) => step !== undefined);
  return plain.absolute <= 0.51 * Math.max(0, ...steps) ? { ...plain, absolute: 0, relative: 0 } : plain;
}

/** How far some rows [row, d], made anew, are from those of the tensor; several roundings on the way may add up. */
export function rowsDeviation({ rows, values, isUnrounded }: RecomputedRows, tensor: LetteredTensor): DeviationSize {
  const [count, width] = tensor.dims as [number, number];
  const deviation = new Deviation();
  rows.forEach((row, i) => {
    const own = values[i];
    for (let o = 0; o < width; o++) deviation.add(own?.length === width ? (own[o] as number) : Number.NaN, tensor.data[row * width + o] as number);
  });
  const size = isUnrounded ? lessRounding(deviation.size, 6) : deviation.size;
  return { ...size, rows: { compared: rows.length, of: count } };
}

/** The worse of two deviations, over the numbers of both. */
export function worse(a: DeviationSize, b: DeviationSize): DeviationSize {
  const rows = [a.rows, b.rows].reduce((least, one) => (one && (!least || one.compared < least.compared) ? one : least), undefined);
  const { absolute, relative } = a.relative >= b.relative ? a : b;
  return { absolute, relative, cells: a.cells + b.cells, ...(rows && { rows }) };
}
