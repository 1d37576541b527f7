// Operations that only arrange numbers.

import { sizeOf } from '../../core/tensor';
import { tensorNumbers } from '../graph/constants';
import { attributeOf, type Call, listOf, type Operation, single } from './operation';
import { axisIn, broadcastDims, expanded, scalarOf, strided, stridesOf, type Value, valueLimit } from './value';

const withDims = (value: Value, dims: readonly number[]): Value | undefined => (sizeOf(dims) === value.data.length ? { dims, data: value.data } : undefined);

function reshaped(value: Value, target: readonly number[], keepsZero: boolean): Value | undefined {
  const dims = target.map((size, axis) => (size === 0 && !keepsZero ? (value.dims[axis] ?? 0) : size));
  const rest = dims.reduce((product, size) => (size === -1 ? product : product * size), 1);
  return withDims(
    value,
    dims.map((size) => (size === -1 ? value.data.length / rest : size)),
  );
}

function transposed(value: Value, perm: readonly number[]): Value | undefined {
  if (perm.length !== value.dims.length) return undefined;
  const strides = stridesOf(value.dims);
  return strided(
    value.data,
    perm.map((axis) => value.dims[axis] as number),
    perm.map((axis) => strides[axis] as number),
  );
}

function squeezed(value: Value, axes: readonly number[] | undefined): Value | undefined {
  const gone = axes?.map((axis) => axisIn(axis, value.dims.length));
  return withDims(
    value,
    value.dims.filter((size, axis) => (gone ? !gone.includes(axis) : size !== 1)),
  );
}

function unsqueezed(value: Value, axes: readonly number[]): Value | undefined {
  const rank = value.dims.length + axes.length;
  const added = axes.map((axis) => axisIn(axis, rank));
  const rest = [...value.dims];
  return withDims(
    value,
    Array.from({ length: rank }, (_, axis) => (added.includes(axis) ? 1 : (rest.shift() ?? 1))),
  );
}

/** A piece along each of some axes: from, to (not included) and step as the operator has them. */
function sliced(
  value: Value,
  pieces: readonly { readonly axis: number; readonly start: number; readonly end: number; readonly step: number }[],
): Value | undefined {
  const dims = [...value.dims];
  const steps = stridesOf(value.dims);
  let from = 0;
  for (const { axis, start, end, step } of pieces) {
    const size = value.dims[axis];
    if (size === undefined || step === 0) return undefined;
    const bound = (at: number) => Math.min(step > 0 ? size : size - 1, Math.max(step > 0 ? 0 : -1, at < 0 ? at + size : at));
    const [first, last] = [bound(start), bound(end)];
    dims[axis] = Math.max(0, Math.ceil((last - first) / step));
    from += first * (steps[axis] as number);
    steps[axis] = (steps[axis] as number) * step;
  }
  return strided(value.data, dims, steps, from);
}

function slice(call: Call): Value | undefined {
  const [value] = call.inputs;
  const [starts, ends] = [listOf(call, 'starts', 1), listOf(call, 'ends', 2)];
  if (!value || !starts || !ends) return undefined;
  const axes = listOf(call, 'axes', 3) ?? starts.map((_, i) => i);
  const steps = call.inputs[4] ? [...call.inputs[4].data] : starts.map(() => 1);
  const own = axes.map((axis) => axisIn(axis, value.dims.length));
  if (own.some((axis) => axis === undefined)) return undefined;
  return sliced(
    value,
    own.map((axis, i) => ({ axis: axis as number, start: starts[i] as number, end: ends[i] as number, step: steps[i] as number })),
  );
}

function split(call: Call): readonly Value[] | undefined {
  const [value] = call.inputs;
  const axis = value && axisIn(attributeOf(call.node, 'axis')?.int ?? 0, value.dims.length);
  if (!value || axis === undefined) return undefined;
  const size = value.dims[axis] as number;
  const count = call.node.outputs.length;
  const sizes = listOf(call, 'split', 1) ?? Array.from({ length: count }, (_, i) => Math.min(Math.ceil(size / count), size - i * Math.ceil(size / count)));
  const ends = sizes.map((_, i) => sizes.slice(0, i + 1).reduce((total, length) => total + length, 0));
  const parts = sizes.map((length, i) => sliced(value, [{ axis, start: (ends[i] as number) - length, end: ends[i] as number, step: 1 }]));
  return ends.at(-1) === size && parts.every((part) => part !== undefined) ? parts : undefined;
}

function concat({ node, inputs }: Call): Value | undefined {
  const values = inputs.filter((value) => value !== undefined);
  const rank = values[0]?.dims.length ?? 0;
  const axis = axisIn(attributeOf(node, 'axis')?.int ?? 0, rank);
  if (axis === undefined || values.length !== inputs.length || values.some((value) => value.dims.length !== rank)) return undefined;
  const first = values[0] as Value;
  if (values.some((value) => value.dims.some((size, i) => i !== axis && size !== first.dims[i]))) return undefined;
  const dims = first.dims.map((size, i) => (i === axis ? values.reduce((sum, value) => sum + (value.dims[axis] as number), 0) : size));
  const data = new Float64Array(sizeOf(dims));
  for (let i = 0, to = 0; i < sizeOf(dims.slice(0, axis)); i++)
    for (const value of values) {
      const length = sizeOf(value.dims.slice(axis));
      data.set(value.data.subarray(i * length, (i + 1) * length), to);
      to += length;
    }
  return { dims, data };
}

function gather({ node, inputs: [value, indices] }: Call): Value | undefined {
  const axis = value && axisIn(attributeOf(node, 'axis')?.int ?? 0, value.dims.length);
  if (!value || !indices || axis === undefined) return undefined;
  const [before, after] = [value.dims.slice(0, axis), value.dims.slice(axis + 1)];
  const [size, inner] = [value.dims[axis] as number, sizeOf(after)];
  const dims = [...before, ...indices.dims, ...after];
  if (sizeOf(dims) > valueLimit) return undefined;
  const data = new Float64Array(sizeOf(dims));
  let to = 0;
  for (let i = 0; i < sizeOf(before); i++)
    for (const index of indices.data) {
      const from = (i * size + (index < 0 ? index + size : index)) * inner;
      data.set(value.data.subarray(from, from + inner), to);
      to += inner;
    }
  return { dims, data };
}

const flatten: Operation = ({ node, inputs: [x] }) => {
  const at = attributeOf(node, 'axis')?.int ?? 1;
  const axis = at < 0 ? at + (x?.dims.length ?? 0) : at;
  return x && withDims(x, [sizeOf(x.dims.slice(0, axis)), sizeOf(x.dims.slice(axis))]);
};

const expand: Operation = ({ inputs: [x, shape] }) => {
  const dims = x && shape && broadcastDims([x.dims, [...shape.data]]);
  return dims && expanded(x, dims);
};

const filled: Operation = ({ node, inputs: [shape] }) => {
  const tensor = attributeOf(node, 'value')?.tensor;
  const [filling] = tensor ? (tensorNumbers(tensor) ?? []) : [0];
  if (filling === undefined || !shape || sizeOf([...shape.data]) > valueLimit) return undefined;
  return { dims: [...shape.data], data: new Float64Array(sizeOf([...shape.data])).fill(filling) };
};

const shape: Operation = ({ node, inputs: [x] }) => x && single(x.dims.slice(attributeOf(node, 'start')?.int ?? 0, attributeOf(node, 'end')?.int));

const range: Operation = ({ inputs }) => {
  const [start, limit, delta] = inputs.map(scalarOf);
  if (start === undefined || limit === undefined || !delta) return undefined;
  const count = Math.max(0, Math.ceil((limit - start) / delta));
  if (count > valueLimit) return undefined;
  return { dims: [count], data: Float64Array.from({ length: count }, (_, i) => start + i * delta) };
};

export const layouts: Readonly<Record<string, Operation>> = {
  Reshape: ({ node, inputs: [x, shape] }) => x && shape && reshaped(x, [...shape.data], attributeOf(node, 'allowzero')?.int === 1),
  Transpose: ({ node, inputs: [x] }) => x && transposed(x, attributeOf(node, 'perm')?.ints ?? x.dims.map((_, axis) => x.dims.length - 1 - axis)),
  Squeeze: (call) => call.inputs[0] && squeezed(call.inputs[0], listOf(call, 'axes', 1)),
  Unsqueeze: (call) => call.inputs[0] && unsqueezed(call.inputs[0], listOf(call, 'axes', 1) ?? []),
  Flatten: flatten,
  Expand: expand,
  Slice: slice,
  Split: split,
  Concat: concat,
  Gather: gather,
  ConstantOfShape: filled,
  Range: range,
  Shape: shape,
};
