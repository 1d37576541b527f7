// Less of a tensor in the product's form: without padding, without copies.

import { sizeOf } from '../../core/tensor';
import type { LetteredTensor } from './canonical';

/** The first `count` entries along every axis of that letter. */
export function cropped(tensor: LetteredTensor, counts: Readonly<Record<string, number>>): LetteredTensor {
  const dims = tensor.dims.map((size, i) => Math.min(size, counts[tensor.letters[i] as string] ?? size));
  if (dims.every((size, i) => size === tensor.dims[i])) return tensor;
  const data = new Float32Array(sizeOf(dims));
  const copy = (axis: number, from: number, to: number): void => {
    const size = dims[axis] as number;
    const inner = sizeOf(tensor.dims.slice(axis + 1));
    const innerTo = sizeOf(dims.slice(axis + 1));
    if (inner === innerTo) data.set(tensor.data.subarray(from, from + size * inner), to);
    else for (let i = 0; i < size; i++) copy(axis + 1, from + i * inner, to + i * innerTo);
  };
  if (data.length > 0) copy(0, 0, 0);
  return { letters: tensor.letters, dims, data };
}

/**
 * Drops copies of keys or values that several query heads share: [head, key, e] → [kvHead, key, e], head h reading h / (heads / kvHeads).
 * With `kvHeads` undefined the smallest number of bit-equal groups. Undefined where the copies differ.
 */
export function withoutCopies(tensor: LetteredTensor, kvHeads: number | undefined): LetteredTensor | undefined {
  const heads = tensor.dims[0] as number;
  const size = sizeOf(tensor.dims.slice(1));
  const bits = new Uint32Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.length);
  const equal = (a: number, b: number) => {
    for (let i = 0; i < size; i++) if (bits[a * size + i] !== bits[b * size + i]) return false;
    return true;
  };
  const isRepeated = (count: number) => {
    if (heads % count !== 0) return false;
    const group = heads / count;
    for (let head = 0; head < heads; head++) if (!equal(head, head - (head % group))) return false;
    return true;
  };
  const counts = kvHeads === undefined ? Array.from({ length: heads }, (_, i) => i + 1) : [kvHeads];
  const count = kvHeads !== undefined && heads === kvHeads ? heads : counts.find(isRepeated);
  if (count === undefined) return undefined;
  if (count === heads) return tensor;
  const data = new Float32Array(count * size);
  for (let head = 0; head < count; head++) data.set(tensor.data.subarray((head * heads * size) / count, ((head * heads) / count + 1) * size), head * size);
  return { letters: tensor.letters, dims: [count, ...tensor.dims.slice(1)], data };
}
