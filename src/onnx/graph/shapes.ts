// Dimensions of tensors as far as they follow from the file: enough to know ranks and which tensors hold a single number.
// A dimension that varies is undefined; a tensor whose rank is unknown has no entry.

import type { OnnxModel } from '../file/model';
import type { NodePart } from '../file/proto';
import type { SmallConstant } from './arrangedConstants';

export type Dims = readonly (number | undefined)[];

type Lookup = (slot: number) => Dims | undefined;
type Constants = (slot: number) => readonly number[] | undefined;

/** Dimensions of elementwise operations, aligned at the end. */
export function broadcast(shapes: readonly Dims[]): Dims {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = shapes.map((shape) => (axis < rank - shape.length ? 1 : shape[axis - rank + shape.length]));
    const fixed = sizes.find((size) => size !== undefined && size !== 1);
    return fixed ?? (sizes.every((size) => size === 1) ? 1 : undefined);
  });
}

const elementwise = new Set([
  'Add',
  'Sub',
  'Mul',
  'Div',
  'Pow',
  'Where',
  'Equal',
  'Greater',
  'GreaterOrEqual',
  'Less',
  'LessOrEqual',
  'And',
  'Or',
  'Xor',
  'Max',
  'Min',
  'Sum',
  'Mean',
  'Mod',
  'PRelu',
  'BitwiseAnd',
]);
const sameAsFirst = new Set([
  'Cast',
  'CastLike',
  'Identity',
  'Dropout',
  'Sqrt',
  'Neg',
  'Abs',
  'Exp',
  'Log',
  'Erf',
  'Tanh',
  'Sigmoid',
  'Relu',
  'Gelu',
  'Softmax',
  'LogSoftmax',
  'Cos',
  'Sin',
  'Reciprocal',
  'Not',
  'IsNaN',
  'Clip',
  'Floor',
  'Ceil',
  'Round',
  'LayerNormalization',
  'SimplifiedLayerNormalization',
  'RMSNormalization',
  'SkipLayerNormalization',
  'SkipSimplifiedLayerNormalization',
  'Trilu',
  'CumSum',
  'QuantizeLinear',
  'DequantizeLinear',
  'DynamicQuantizeLinear',
  'FastGelu',
  'BiasGelu',
  'QuickGelu',
  'RotaryEmbedding',
  'ScatterND',
  'ScatterElements',
  'LeakyRelu',
  'Elu',
  'Selu',
  'HardSigmoid',
  'HardSwish',
  'Softplus',
  'Softsign',
  'Mish',
  'Sign',
  'IsInf',
  'Hardmax',
  'BatchNormalization',
  'InstanceNormalization',
]);

const axisIn = (axis: number, rank: number) => (axis < 0 ? axis + rank : axis);

function reduced(node: NodePart, shape: Dims, axes: readonly number[] | undefined): Dims {
  const list = (axes ?? []).map((axis) => axisIn(axis, shape.length));
  const isAll = list.length === 0;
  const keeps = (node.attributes.get('keepdims')?.int ?? 1) !== 0;
  return shape.flatMap((dim, i) => (isAll || list.includes(i) ? (keeps ? [1] : []) : [dim]));
}

function sliced(node: NodePart, shape: Dims, constants: Constants): Dims {
  const starts = node.attributes.get('starts')?.ints ?? constants(1);
  const ends = node.attributes.get('ends')?.ints ?? constants(2);
  const axes = node.attributes.get('axes')?.ints ?? (node.inputs[3] ? constants(3) : starts?.map((_, i) => i));
  const steps = constants(4);
  if (!axes) return shape.map(() => undefined);
  return shape.map((dim, i) => {
    const at = axes.findIndex((axis) => axisIn(axis, shape.length) === i);
    if (at < 0) return dim;
    const [start, end, step] = [starts?.[at], ends?.[at], steps?.[at] ?? 1];
    if (start === undefined || end === undefined || step !== 1) return undefined;
    if (dim === undefined)
      return start < 0 && (end > 2 ** 30 || end === 0) ? -start : start >= 0 && end > start && end < 2 ** 20 && end - start === 1 ? 1 : undefined;
    const [from, to] = [Math.max(0, start < 0 ? start + dim : start), Math.min(dim, end < 0 ? end + dim : end)];
    return Math.max(0, to - from);
  });
}

function reshaped(shape: Dims | undefined, target: readonly number[]): Dims {
  const result = target.map((dim, i) => (dim === 0 ? shape?.[i] : dim < 0 ? undefined : dim));
  const free = target.indexOf(-1);
  if (free < 0 || !shape || shape.some((dim) => dim === undefined) || result.some((dim, i) => i !== free && dim === undefined)) return result;
  const all = (shape as number[]).reduce((a, b) => a * b, 1);
  const rest = result.reduce<number>((a, dim, i) => (i === free ? a : a * (dim as number)), 1);
  return result.map((dim, i) => (i === free && rest > 0 ? all / rest : dim));
}

function matmulDims(node: NodePart, a: Dims, b: Dims): Dims | undefined {
  if (a.length < 2 || b.length < 2) return a.length === 1 && b.length >= 2 ? [...b.slice(0, -2), b.at(-1)] : undefined;
  const transA = node.attributes.get('transA')?.int === 1;
  const transB = node.attributes.get('transB')?.int === 1;
  return [...broadcast([a.slice(0, -2), b.slice(0, -2)]), a.at(transA ? -1 : -2), b.at(transB ? -2 : -1)];
}

function unsqueezed(shape: Dims, axes: readonly number[]): Dims {
  const rank = shape.length + axes.length;
  const added = new Set(axes.map((axis) => axisIn(axis, rank)));
  const rest = [...shape];
  return Array.from({ length: rank }, (_, i) => (added.has(i) ? 1 : rest.shift()));
}

function einsumDims(node: NodePart, lookup: Lookup): Dims | undefined {
  const [left, right] = (node.attributes.get('equation')?.text ?? '').replace(/\s/g, '').split('->');
  if (left === undefined || right === undefined || left.includes('.')) return undefined;
  const sizes = new Map<string, number | undefined>();
  for (const [slot, letters] of left.split(',').entries())
    for (const [i, letter] of [...letters].entries()) sizes.set(letter, sizes.get(letter) ?? lookup(slot)?.[i]);
  return [...right].map((letter) => sizes.get(letter));
}

/** How many dimensions a Shape node gives. */
function shapeLength(node: NodePart, rank: number | undefined): number | undefined {
  const start = node.attributes.get('start')?.int ?? 0;
  const end = node.attributes.get('end')?.int;
  if (rank === undefined) return end !== undefined && end >= 0 && start >= 0 ? Math.max(0, end - start) : undefined;
  const within = (at: number) => Math.min(rank, Math.max(0, at < 0 ? at + rank : at));
  return Math.max(0, within(end ?? rank) - within(start));
}

/** Dimensions of the first output of a node. */
function dimsFrom(node: NodePart, lookup: Lookup, constants: Constants): Dims | undefined {
  const first = lookup(0);
  const attribute = (name: string) => node.attributes.get(name);
  if (sameAsFirst.has(node.op)) return first;
  if (elementwise.has(node.op)) {
    const shapes = node.inputs.map((_, i) => lookup(i));
    return shapes.every((shape) => shape !== undefined) ? broadcast(shapes) : undefined;
  }
  switch (node.op) {
    case 'Shape':
      return [shapeLength(node, first?.length)];
    case 'EmbedLayerNormalization':
    case 'QEmbedLayerNormalization':
      return [undefined, undefined, lookup(2)?.[1]];
    case 'Attention':
    case 'MultiHeadAttention':
    case 'GroupQueryAttention':
      return first && [...first.slice(0, -1), undefined];
    case 'Size':
      return [];
    case 'Transpose': {
      const perm = attribute('perm')?.ints ?? [];
      if (perm.length === 0) return first && [...first].reverse();
      return perm.map((axis) => first?.[axis]);
    }
    case 'Reshape': {
      const target = constants(1);
      const length = lookup(1)?.[0];
      if (target) return reshaped(first, target);
      return length === undefined ? undefined : Array.from({ length }, () => undefined);
    }
    case 'Expand': {
      const target = constants(1);
      const length = target?.length ?? lookup(1)?.[0];
      if (length === undefined) return undefined;
      const wanted: Dims = target ?? Array.from({ length }, () => undefined);
      return first ? broadcast([first.map((dim) => dim), wanted]) : wanted.map(() => undefined);
    }
    case 'Unsqueeze': {
      const axes = attribute('axes')?.ints ?? constants(1);
      return first && axes && unsqueezed(first, axes);
    }
    case 'Squeeze': {
      const axes = (attribute('axes')?.ints ?? (node.inputs[1] ? constants(1) : undefined))?.map((axis) => (first ? axisIn(axis, first.length) : axis));
      if (!first) return undefined;
      return axes ? first.filter((_, i) => !axes.includes(i)) : first.every((dim) => dim !== undefined) ? first.filter((dim) => dim !== 1) : undefined;
    }
    case 'Flatten':
      return [undefined, undefined];
    case 'Slice':
      return first && sliced(node, first, constants);
    case 'Gather': {
      const indices = lookup(1);
      const axis = first && axisIn(attribute('axis')?.int ?? 0, first.length);
      return first && indices && axis !== undefined ? [...first.slice(0, axis), ...indices, ...first.slice(axis + 1)] : undefined;
    }
    case 'GatherElements':
      return lookup(1);
    case 'GatherND': {
      const depth = lookup(1)?.at(-1);
      const isPlain = (attribute('batch_dims')?.int ?? 0) === 0;
      return first && depth !== undefined && isPlain ? [...(lookup(1) as Dims).slice(0, -1), ...first.slice(depth)] : undefined;
    }
    case 'Concat': {
      const shapes = node.inputs.map((_, i) => lookup(i));
      const known = shapes.find((shape) => shape !== undefined);
      if (!known) return undefined;
      const axis = axisIn(attribute('axis')?.int ?? 0, known.length);
      const total = shapes.reduce<number | undefined>(
        (sum, shape) => (sum === undefined || shape?.[axis] === undefined ? undefined : sum + (shape[axis] as number)),
        0,
      );
      return known.map((dim, i) => (i === axis ? total : (dim ?? shapes.find((shape) => shape?.[i] !== undefined)?.[i])));
    }
    case 'Split':
      return first?.map((dim, i) => (i === axisIn(attribute('axis')?.int ?? 0, first.length) ? undefined : dim));
    case 'Tile':
    case 'Pad':
      return first?.map(() => undefined);
    case 'MatMul':
    case 'FusedMatMul':
    case 'MatMulInteger':
    case 'DynamicQuantizeMatMul':
    case 'MatMulIntegerToFloat': {
      const second = lookup(1);
      return first && second && matmulDims(node, first, second);
    }
    case 'MatMulNBits':
    case 'MatMulBnb4':
      return first && [...first.slice(0, -1), attribute('N')?.int];
    case 'Gemm':
      return [undefined, lookup(1)?.[attribute('transB')?.int === 1 ? 0 : 1]];
    case 'Einsum':
      return einsumDims(node, lookup);
    case 'Range':
      return [undefined];
    case 'ConstantOfShape': {
      const target = constants(0);
      const length = target?.length ?? first?.[0];
      return target ?? (length === undefined ? undefined : Array.from({ length }, () => undefined));
    }
    case 'Conv':
      return first;
    case 'ReduceMean':
    case 'ReduceSum':
    case 'ReduceMax':
    case 'ReduceMin':
    case 'ReduceL2':
    case 'ReduceSumSquare':
    case 'ReduceProd': {
      const axes = attribute('axes')?.ints ?? constants(1);
      const isUnknown = node.inputs[1] !== undefined && node.inputs[1] !== '' && !axes;
      return first && !isUnknown ? reduced(node, first, axes) : undefined;
    }
    default:
      return undefined;
  }
}

/** Dimensions of every tensor whose rank follows. */
export function inferShapes(model: OnnxModel, constant: (name: string) => SmallConstant | undefined): Map<string, Dims> {
  const shapes = new Map<string, Dims>();
  for (const tensor of model.initializers.values()) shapes.set(tensor.name, tensor.dims);
  for (const input of model.inputs)
    if (input.dims)
      shapes.set(
        input.name,
        input.dims.map((dim) => (typeof dim === 'number' && dim > 0 ? dim : undefined)),
      );
  for (const node of model.nodes) {
    const lookup: Lookup = (slot) => shapes.get(node.inputs[slot] ?? '');
    const constants: Constants = (slot) => constant(node.inputs[slot] ?? '')?.numbers;
    const value =
      node.op === 'Constant' ? (node.attributes.get('value')?.tensor?.dims ?? constant(node.outputs[0] ?? '')?.dims) : dimsFrom(node, lookup, constants);
    if (!value || value.length > 16) continue;
    if (node.op.endsWith('EmbedLayerNormalization') && node.outputs[1]) shapes.set(node.outputs[1], [undefined]);
    const isSplit = node.op === 'Split' || node.op === 'DynamicQuantizeLinear';
    node.outputs.forEach((name, i) => {
      if (name !== '' && (i === 0 || node.op === 'Split')) shapes.set(name, value);
      else if (isSplit && name !== '') shapes.set(name, []);
    });
  }
  return shapes;
}
