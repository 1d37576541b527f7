// Numbers of a tensor while a stretch of a graph is computed: dense, row-major, in double precision.

import { sizeOf } from '../../core/tensor';

export interface Value {
  readonly dims: readonly number[];
  readonly data: Float64Array;
}

/** More than a norm over a few hundred rows needs: what would be larger is not computed. */
export const valueLimit = 2 ** 24;

export const valueWith = (dims: readonly number[], numbers: ArrayLike<number>): Value => ({ dims, data: Float64Array.from(numbers) });

export const scalarOf = (value: Value | undefined): number | undefined => (value?.data.length === 1 ? value.data[0] : undefined);

/** From the end where negative; undefined where there is no such axis. */
export function axisIn(axis: number, rank: number): number | undefined {
  const own = axis < 0 ? axis + rank : axis;
  return own >= 0 && own < rank ? own : undefined;
}

/** Distance of neighbours along each axis. */
export function stridesOf(dims: readonly number[]): number[] {
  const strides = new Array<number>(dims.length).fill(1);
  for (let axis = dims.length - 2; axis >= 0; axis--) strides[axis] = (strides[axis + 1] as number) * (dims[axis + 1] as number);
  return strides;
}

/** Dimensions of an operation on tensors that are stretched to fit each other; undefined where they do not. */
export function broadcastDims(all: readonly (readonly number[])[]): number[] | undefined {
  const rank = Math.max(...all.map((dims) => dims.length));
  const result: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const sizes = all.map((dims) => (axis < rank - dims.length ? 1 : (dims[axis - rank + dims.length] as number)));
    const size = sizes.find((one) => one !== 1) ?? 1;
    if (sizes.some((one) => one !== 1 && one !== size)) return undefined;
    result.push(size);
  }
  return sizeOf(result) > valueLimit ? undefined : result;
}

/** Gathers into `dims`: the place in the source is `start` plus the index of each axis times its step. */
export function strided(data: Float64Array, dims: readonly number[], steps: readonly number[], start = 0): Value {
  const result = new Float64Array(sizeOf(dims));
  const at = new Array<number>(dims.length).fill(0);
  for (let to = 0, from = start; to < result.length; to++) {
    result[to] = data[from] as number;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      at[axis] = (at[axis] as number) + 1;
      from += steps[axis] as number;
      if ((at[axis] as number) < (dims[axis] as number)) break;
      from -= (steps[axis] as number) * (dims[axis] as number);
      at[axis] = 0;
    }
  }
  return { dims, data: result };
}

/** A row of features for all rows, as the scales and shifts of norms are; undefined where the value is something else. */
function rowRepeated({ dims: own, data }: Value, dims: readonly number[]): Value | undefined {
  const width = dims.at(-1) ?? 1;
  if (data.length !== width || own.at(-1) !== width) return undefined;
  const result = new Float64Array(sizeOf(dims));
  for (let at = 0; at < result.length; at += width) result.set(data, at);
  return { dims, data: result };
}

/** Stretched to larger dimensions; the value itself where it has them. */
export function expanded(value: Value, dims: readonly number[]): Value {
  if (dims.length === value.dims.length && dims.every((size, axis) => size === value.dims[axis])) return value;
  const row = rowRepeated(value, dims);
  if (row) return row;
  const own = stridesOf(value.dims);
  const offset = dims.length - value.dims.length;
  const steps = dims.map((_, axis) => (axis < offset || value.dims[axis - offset] === 1 ? 0 : (own[axis - offset] as number)));
  return strided(value.data, dims, steps);
}
