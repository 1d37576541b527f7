// Small constants that exporters put together from pieces (paddings, shapes, axes): Concat, Slice, Transpose, Reshape and Gather of one or two axes.

import type { OnnxNode } from '../file/model';

/** A constant of the graph: its dimensions and numbers. */
export interface SmallConstant {
  readonly dims: readonly number[];
  readonly numbers: readonly number[];
}

const sizeLimit = 256;

type Input = (slot: number) => SmallConstant | undefined;

const whole = (dims: readonly number[]) => dims.reduce((a, b) => a * b, 1);

function reshaped(inner: SmallConstant, target: readonly number[]): SmallConstant | undefined {
  const rest = target.reduce((size, dim, i) => (dim === -1 ? size : size * (dim === 0 ? (inner.dims[i] ?? 0) : dim)), 1);
  const dims = target.map((dim, i) => (dim === -1 ? inner.numbers.length / rest : dim === 0 ? (inner.dims[i] ?? 0) : dim));
  return whole(dims) === inner.numbers.length ? { dims, numbers: inner.numbers } : undefined;
}

function transposed({ dims, numbers }: SmallConstant, perm: readonly number[]): SmallConstant | undefined {
  const [rows, columns] = dims;
  if (dims.length !== 2 || rows === undefined || columns === undefined) return undefined;
  if (perm.join() === '0,1') return { dims, numbers };
  return { dims: [columns, rows], numbers: Array.from({ length: rows * columns }, (_, i) => numbers[(i % rows) * columns + Math.floor(i / rows)] as number) };
}

/** Rows of the first axis, by their places. */
function taken({ dims, numbers }: SmallConstant, places: readonly number[]): SmallConstant | undefined {
  const [rows, ...rest] = dims;
  if (rows === undefined || places.some((at) => at < 0 || at >= rows)) return undefined;
  const width = whole(rest);
  return { dims: [places.length, ...rest], numbers: places.flatMap((at) => numbers.slice(at * width, (at + 1) * width)) };
}

/** Places from `start` to before `end`, as Slice counts them. */
function places(size: number, start: number, end: number, step: number): number[] {
  const clamp = (at: number, low: number, high: number) => Math.min(high, Math.max(low, at < 0 ? at + size : at));
  const found: number[] = [];
  if (step > 0) for (let at = clamp(start, 0, size); at < clamp(end, 0, size); at += step) found.push(at);
  // Counting down, the end may lie before the first.
  if (step < 0) for (let at = clamp(start, 0, size - 1); at > (end < -size ? -1 : clamp(end, -1, size - 1)); at += step) found.push(at);
  return found;
}

function sliced(inner: SmallConstant, input: Input): SmallConstant | undefined {
  const [starts, ends, axes, steps] = [1, 2, 3, 4].map((slot) => input(slot)?.numbers);
  if (!starts || !ends || starts.length !== 1 || inner.dims.length === 0 || ![0, -inner.dims.length].includes(axes?.[0] ?? 0)) return undefined;
  return taken(inner, places(inner.dims[0] as number, starts[0] as number, ends[0] as number, steps?.[0] ?? 1));
}

/** The numbers of a node that arranges constants; undefined for other nodes and where they cannot be had. */
export function arrangedConstant(node: OnnxNode, input: Input): SmallConstant | undefined {
  if (!['Concat', 'Reshape', 'Transpose', 'Slice', 'Gather'].includes(node.op)) return undefined;
  const inner = input(0);
  if (!inner || inner.numbers.length > sizeLimit || whole(inner.dims) !== inner.numbers.length) return undefined;
  switch (node.op) {
    case 'Concat': {
      const parts = node.inputs.map((_, i) => input(i));
      if (parts.some((part) => part?.dims.length !== 1 || part.numbers.length > sizeLimit)) return undefined;
      const numbers = parts.flatMap((part) => part?.numbers ?? []);
      return { dims: [numbers.length], numbers };
    }
    case 'Reshape': {
      const target = input(1)?.numbers;
      return target && reshaped(inner, target);
    }
    case 'Transpose':
      return transposed(inner, node.attributes.get('perm')?.ints ?? [1, 0]);
    case 'Slice':
      return sliced(inner, input);
    default: {
      const at = input(1);
      const isFirst = (node.attributes.get('axis')?.int ?? 0) === 0;
      const found =
        at && isFirst
          ? taken(
              inner,
              at.numbers.map((one) => (one < 0 ? one + (inner.dims[0] ?? 0) : one)),
            )
          : undefined;
      return found && at?.dims.length === 0 ? { dims: found.dims.slice(1), numbers: found.numbers } : found;
    }
  }
}
