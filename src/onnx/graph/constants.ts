// Numbers of small constants, read where they lie: initializers, Constant nodes, and plain copies and casts of them.

import { bfloat16, bool, float16, float32, float64, int8, int16, int32, int64, uint8, wholeTypes } from '../file/elementTypes';
import { fromHalf } from '../file/halfFloats';
import type { TensorPart } from '../file/messages/parts';
import type { OnnxModel, OnnxNode } from '../file/model';
import { appendInts } from '../file/wire';
import { arrangedConstant, type SmallConstant } from './arrangedConstants';

const smallLimit = 65_536;

/** How one number of a raw payload is read. */
function readerOf(type: number, view: DataView): ((index: number) => number) | undefined {
  switch (type) {
    case float32:
      return (i) => view.getFloat32(i * 4, true);
    case uint8:
      return (i) => view.getUint8(i);
    case int8:
      return (i) => view.getInt8(i);
    case int16:
      return (i) => view.getInt16(i * 2, true);
    case int32:
      return (i) => view.getInt32(i * 4, true);
    case int64:
      return (i) => Number(view.getBigInt64(i * 8, true));
    case bool:
      return (i) => view.getUint8(i);
    case float16:
      return (i) => fromHalf(view.getUint16(i * 2, true));
    case float64:
      return (i) => view.getFloat64(i * 8, true);
    case bfloat16:
      return (i) => fromBfloat16(view.getUint16(i * 2, true));
    default:
      return undefined;
  }
}

function fromBfloat16(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, bits * 65_536);
  return view.getFloat32(0);
}

/** All numbers of a tensor of at most `limit` elements; undefined where it is larger, external or of another type. */
export function tensorNumbers(tensor: TensorPart, limit = smallLimit): number[] | undefined {
  const count = tensor.dims.reduce((product, dim) => product * dim, 1);
  if (count > limit || tensor.external) return undefined;
  if (tensor.raw) {
    const { bytes, from, to } = tensor.raw;
    const read = readerOf(tensor.type, new DataView(bytes.buffer, bytes.byteOffset + from, to - from));
    try {
      return read && Array.from({ length: count }, (_, i) => read(i));
    } catch {
      return undefined;
    }
  }
  const numbers: number[] = [];
  for (const { field, bytes } of tensor.typed) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (field.number === 5 || field.number === 7) appendInts(numbers, bytes, field, limit);
    if (field.number === 4) for (let at = field.from; at + 4 <= field.to; at += 4) numbers.push(view.getFloat32(at, true));
    if (field.number === 10) for (let at = field.from; at + 8 <= field.to; at += 8) numbers.push(view.getFloat64(at, true));
  }
  if (tensor.type === float16 || tensor.type === bfloat16) return numbers.map(tensor.type === float16 ? fromHalf : fromBfloat16);
  return numbers.length === count ? numbers : undefined;
}

function ofConstantNode(node: OnnxNode): SmallConstant | undefined {
  const attribute = (name: string) => node.attributes.get(name);
  const tensor = attribute('value')?.tensor;
  if (tensor) {
    const numbers = tensorNumbers(tensor);
    return numbers && { dims: tensor.dims, numbers };
  }
  const one = attribute('value_float')?.float ?? attribute('value_int')?.int;
  if (one !== undefined) return { dims: [], numbers: [one] };
  const list = attribute('value_floats')?.floats ?? attribute('value_ints')?.ints;
  return list && { dims: [list.length], numbers: list };
}

/** All numbers of a ConstantOfShape; elsewhere its one number stands for them. */
function filledConstant(node: OnnxNode | undefined, constant: (name: string) => SmallConstant | undefined): SmallConstant | undefined {
  const dims = node?.op === 'ConstantOfShape' ? constant(node.inputs[0] ?? '')?.numbers : undefined;
  const count = dims?.reduce((a, b) => a * b, 1);
  if (!node || !dims || count === undefined || count > 256) return undefined;
  const filling = node.attributes.get('value')?.tensor;
  const value = filling ? tensorNumbers(filling)?.[0] : 0;
  return value === undefined ? undefined : { dims, numbers: new Array<number>(count).fill(value) };
}

const plainOps = new Set(['Identity', 'Cast', 'Unsqueeze', 'Squeeze', 'Reshape', 'CastLike', 'Expand']);

/** Reads a small constant by name, through copies, casts, reshapes (numbers in order) and arithmetic on single numbers. */
export function smallConstant(model: OnnxModel, makers: ReadonlyMap<string, OnnxNode>, name: string, depth = 0): SmallConstant | undefined {
  const tensor = model.initializers.get(name);
  if (tensor) {
    const numbers = tensorNumbers(tensor);
    return numbers && { dims: tensor.dims, numbers };
  }
  const node = makers.get(name);
  if (!node || depth > 12) return undefined;
  if (node.op === 'Constant') return ofConstantNode(node);
  const input = (i: number) => smallConstant(model, makers, node.inputs[i] ?? '', depth + 1);
  const whole = (i: number) => filledConstant(makers.get(node.inputs[i] ?? ''), (name) => smallConstant(model, makers, name, depth + 1)) ?? input(i);
  if (plainOps.has(node.op)) {
    const inner = input(0);
    const isTruncated = node.op === 'Cast' && wholeTypes.has(node.attributes.get('to')?.int ?? 0);
    if (inner && node.op === 'Reshape' && inner.numbers.length > 1) return arrangedConstant(node, whole);
    if (!inner || (node.op !== 'Identity' && node.op !== 'Cast' && inner.numbers.length > 1)) return undefined;
    return isTruncated ? { dims: inner.dims, numbers: inner.numbers.map(Math.trunc) } : inner;
  }
  if (node.op === 'ConstantOfShape') {
    const filling = node.attributes.get('value')?.tensor;
    const numbers = filling ? tensorNumbers(filling) : [0];
    return numbers && { dims: [], numbers: numbers.slice(0, 1) };
  }
  const arranged = arrangedConstant(node, whole);
  if (arranged) return arranged;
  const compute = Object.hasOwn(arithmetic, node.op) ? arithmetic[node.op] : undefined;
  if (!compute) return undefined;
  const values = node.inputs.map((_, i) => input(i));
  if (values.some((value) => value?.numbers.length !== 1)) return undefined;
  return { dims: [], numbers: [compute(...values.map((value) => value?.numbers[0] as number))] };
}

const arithmetic: Readonly<Record<string, (...values: number[]) => number>> = {
  Sqrt: (a) => Math.sqrt(a as number),
  Neg: (a) => -(a as number),
  Reciprocal: (a) => 1 / (a as number),
  Mul: (a, b) => (a as number) * (b as number),
  Div: (a, b) => (a as number) / (b as number),
  Add: (a, b) => (a as number) + (b as number),
  Sub: (a, b) => (a as number) - (b as number),
  Pow: (a, b) => (a as number) ** (b as number),
};
