// From a tensor of the graph (batch axis, any layout) to the product's own form: heads first, then query or token, key, width.
// Only moves numbers; refuses what the axes letters do not explain.

import { sizeOf, type Tensor } from '../../core/tensor';
import type { TensorRef } from '../../onnx/facts/captures';
import { floatsOfRaw, type RawTensor } from './rawTensor';

/** Order of the letters in the product's form. */
const letterOrder = 'hqtked';

export interface Axis {
  readonly letter: string;
  readonly size: number;
}

/** A tensor with a letter for each of its dimensions. */
export interface LetteredTensor extends Tensor {
  readonly letters: string;
  /** Of steps with more and more keys: how many keys each query could read. Undefined: all. */
  readonly reach?: readonly number[];
}

/** What the axes say of these dimensions; undefined where the two do not fit each other. */
export function axesOf(ref: TensorRef, dims: readonly number[]): readonly Axis[] | undefined {
  const star = ref.axes.indexOf('*');
  const named = star < 0 ? ref.axes.length : ref.axes.length - 1;
  const free = dims.length - named;
  if (free < 0 || (star < 0 && free > 0)) return undefined;
  const letters = star < 0 ? ref.axes : ref.axes.replace('*', 'h'.repeat(free));
  const axes = dims.map((size, i) => ({ letter: letters[i] ?? '1', size }));
  return axes.every((axis) => axis.letter !== '1' || axis.size === 1) ? axes : undefined;
}

/** Copies into the order of `order` (indices of axes); no copy where that is the order already. */
function permuted(data: Float32Array, dims: readonly number[], order: readonly number[]): Float32Array {
  if (order.every((axis, i) => axis === i)) return data;
  const strides = dims.map((_, i) => sizeOf(dims.slice(i + 1)));
  const sizes = order.map((axis) => dims[axis] as number);
  const steps = order.map((axis) => strides[axis] as number);
  const result = new Float32Array(data.length);
  const rank = sizes.length;
  const inner = sizes[rank - 1] ?? 1;
  const innerStep = steps[rank - 1] ?? 1;
  const at = new Array<number>(rank).fill(0);
  let from = 0;
  for (let to = 0; to < result.length; to += inner) {
    for (let i = 0; i < inner; i++) result[to + i] = data[from + i * innerStep] as number;
    for (let axis = rank - 2; axis >= 0; axis--) {
      at[axis] = (at[axis] as number) + 1;
      from += steps[axis] as number;
      if ((at[axis] as number) < (sizes[axis] as number)) break;
      from -= (steps[axis] as number) * (sizes[axis] as number);
      at[axis] = 0;
    }
  }
  return result;
}

/**
 * The tensor in the product's form, dimensions of size 1 without a meaning dropped, head axes merged in order.
 * Letters of the result are in the order `h q t k e d`; undefined where axes and dimensions do not fit.
 */
export function canonical(ref: TensorRef, raw: RawTensor): LetteredTensor | undefined {
  const axes = axesOf(ref, raw.dims);
  if (!axes) return undefined;
  const kept = axes.map((axis, index) => ({ ...axis, index })).filter((axis) => axis.letter !== '1');
  if (kept.some((axis) => !letterOrder.includes(axis.letter))) return undefined;
  const ordered = [...kept].sort((a, b) => letterOrder.indexOf(a.letter) - letterOrder.indexOf(b.letter) || a.index - b.index);
  const order = ordered.map((axis) => kept.indexOf(axis));
  const data = permuted(
    floatsOfRaw(raw),
    kept.map((axis) => axis.size),
    order,
  );
  const letters = [...new Set(ordered.map((axis) => axis.letter))].join('');
  const dims = [...letters].map((letter) => sizeOf(ordered.filter((axis) => axis.letter === letter).map((axis) => axis.size)));
  return { letters, dims, data };
}

/** Joins tensors of equal letters along one letter; undefined where their other dimensions differ. */
export function concatenated(parts: readonly LetteredTensor[], letter: string): LetteredTensor | undefined {
  const [first] = parts;
  if (!first || parts.length === 1) return first;
  const axis = first.letters.indexOf(letter);
  const fits = parts.every((part) => part.letters === first.letters && part.dims.every((size, i) => i === axis || size === first.dims[i]));
  if (axis < 0 || !fits) return undefined;
  const outer = sizeOf(first.dims.slice(0, axis));
  const rows = parts.map((part) => sizeOf(part.dims.slice(axis)));
  const data = new Float32Array(parts.reduce((sum, part) => sum + part.data.length, 0));
  for (let i = 0, to = 0; i < outer; i++) {
    parts.forEach((part, p) => {
      const size = rows[p] as number;
      data.set(part.data.subarray(i * size, (i + 1) * size), to);
      to += size;
    });
  }
  const dims = first.dims.map((size, i) => (i === axis ? parts.reduce((sum, part) => sum + (part.dims[axis] as number), 0) : size));
  return { letters: first.letters, dims, data };
}

/** Gives `tensor` exactly the letters asked for: a head axis of size 1 is added or, where it is not asked for, dropped. */
export function withLetters(tensor: LetteredTensor, letters: string): LetteredTensor | undefined {
  if (tensor.letters === letters) return tensor;
  const extra = [...tensor.letters].filter((letter) => !letters.includes(letter));
  if (extra.some((letter) => tensor.dims[tensor.letters.indexOf(letter)] !== 1)) return undefined;
  const sizeFor = (letter: string) => (tensor.letters.includes(letter) ? (tensor.dims[tensor.letters.indexOf(letter)] as number) : 1);
  const missing = [...letters].filter((letter) => !tensor.letters.includes(letter));
  if (missing.some((letter) => letter !== 'h')) return undefined;
  return { ...tensor, letters, dims: [...letters].map(sizeFor) };
}
