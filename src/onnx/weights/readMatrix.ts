// The weights of a linear layer, read where they lie: float initializers through constant transposes, casts and copies.
// Everything else (quantised, packed, computed) is measured with probeModel.

import { sizeOf } from '../../core/tensor';
import { evaluate } from '../evaluation/evaluate';
import type { Linear } from '../facts/linear';
import { bfloat16, float16, float32 } from '../file/elementTypes';
import { plainLocation } from '../file/externalFiles';
import { fromHalf } from '../file/halfFloats';
import type { TensorPart } from '../file/messages/parts';
import type { OnnxModel, OnnxNode } from '../file/model';
import type { Graph } from '../graph/graph';
import { graphOf } from '../graph/graphOf';
import { operandSlots } from '../graph/operations';
import { isPlainSpelling, linearNodes } from './linearNodes';

/** Contents of an external data file by its location. */
export type ExternalBytes = (location: string) => Uint8Array | undefined;

/** x·W with W [rows = in, columns = out], row-major. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array;
}

const sizeLimit = 2 ** 28;

function payload(tensor: TensorPart, external: ExternalBytes, size: number): Uint8Array | undefined {
  if (tensor.external) {
    const { offset } = tensor.external;
    const bytes = external(plainLocation(tensor.external.location));
    return bytes && offset + size <= bytes.length ? bytes.subarray(offset, offset + size) : undefined;
  }
  if (tensor.raw) return tensor.raw.bytes.subarray(tensor.raw.from, tensor.raw.to);
  const [only, more] = tensor.typed;
  return only && !more && only.field.number === 4 && only.field.wireType === 2 ? only.bytes.subarray(only.field.from, only.field.to) : undefined;
}

/** Numbers of a float32, float16 or bfloat16 tensor; undefined for others. */
function floatsOf(tensor: TensorPart, external: ExternalBytes): Float32Array | undefined {
  const count = tensor.dims.reduce((product, dim) => product * dim, 1);
  const width = tensor.type === float32 ? 4 : tensor.type === float16 || tensor.type === bfloat16 ? 2 : 0;
  if (width === 0 || count > sizeLimit) return undefined;
  const bytes = payload(tensor, external, count * width);
  if (!bytes || bytes.length !== count * width) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const result = new Float32Array(count);
  if (tensor.type === float32) for (let i = 0; i < count; i++) result[i] = view.getFloat32(i * 4, true);
  else if (tensor.type === float16) for (let i = 0; i < count; i++) result[i] = fromHalf(view.getUint16(i * 2, true));
  else {
    const bits = new Uint32Array(result.buffer);
    for (let i = 0; i < count; i++) bits[i] = view.getUint16(i * 2, true) << 16;
  }
  return result;
}

function transposed({ rows, columns, data }: Matrix): Matrix {
  const result = new Float32Array(data.length);
  for (let row = 0; row < rows; row++) for (let column = 0; column < columns; column++) result[column * rows + row] = data[row * columns + column] as number;
  return { rows: columns, columns: rows, data: result };
}

/** A constant as numbers with its dimensions, through plain nodes. */
export function constantFloats(
  graph: Graph,
  name: string,
  external: ExternalBytes,
  depth = 0,
): { readonly dims: readonly number[]; readonly data: Float32Array } | undefined {
  const node = graph.maker(name);
  const tensor = graph.model.initializers.get(name) ?? (node?.op === 'Constant' ? node.attributes.get('value')?.tensor : undefined);
  if (tensor) {
    const data = floatsOf(tensor, external);
    return data && { dims: tensor.dims, data };
  }
  if (!node || depth > 8) return undefined;
  const inner = constantFloats(graph, node.inputs[0] ?? '', external, depth + 1);
  if (!inner) return undefined;
  if (node.op === 'Reshape') {
    const shape = evaluate(graph, new Map(), { nodes: new Set() }, node.inputs[1] ?? '');
    const dims = shape && reshapedDims(inner.dims, [...shape.data]);
    return dims && { dims, data: inner.data };
  }
  if (node.op === 'Identity' || (node.op === 'Cast' && [float32, float16, bfloat16].includes(node.attributes.get('to')?.int ?? 0))) return inner;
  if (node.op === 'Transpose' && inner.dims.length === 2) {
    const perm = node.attributes.get('perm')?.ints ?? [];
    if (perm.length === 2 && perm[0] === 0) return inner;
    const turned = transposed({ rows: inner.dims[0] as number, columns: inner.dims[1] as number, data: inner.data });
    return { dims: [turned.rows, turned.columns], data: turned.data };
  }
  return undefined;
}

/** Dimensions after a Reshape: 0 keeps one, −1 takes the rest; undefined where they do not hold as many numbers. */
function reshapedDims(dims: readonly number[], target: readonly number[]): readonly number[] | undefined {
  const count = sizeOf(dims);
  const kept = target.map((size, axis) => (size === 0 ? (dims[axis] ?? 0) : size));
  const rest = kept.reduce((product, size) => (size < 0 ? product : product * size), 1);
  const result = kept.map((size) => (size < 0 ? count / rest : size));
  return sizeOf(result) === count && result.every(Number.isInteger) ? result : undefined;
}

const flag = (node: OnnxNode, name: string) => (node.attributes.get(name)?.int ?? 0) !== 0;
const factor = (node: OnnxNode, name: string) => node.attributes.get(name)?.float ?? 1;

/** W of a MatMul or Gemm with float weights; undefined for every other spelling. `external` gives the bytes of external data files. */
export function readMatrix(model: OnnxModel, linear: Linear, external: ExternalBytes = () => undefined): Matrix | undefined {
  const graph = graphOf(model);
  const found = linearNodes(graph, linear);
  const product = found?.product;
  const isPlain =
    product &&
    isPlainSpelling(graph, found) &&
    (product.op === 'MatMul' || product.op === 'Gemm' || product.op === 'FusedMatMul') &&
    graph.linearSlot(product) === 0 &&
    !flag(product, 'transA');
  const slots = product && operandSlots(product);
  if (!isPlain || !slots) return undefined;
  const weights = constantFloats(graph, product.inputs[slots[1]] ?? '', external);
  if (weights?.dims.length !== 2) return undefined;
  const stored = { rows: weights.dims[0] as number, columns: weights.dims[1] as number, data: weights.data };
  const matrix = flag(product, 'transB') ? transposed(stored) : stored;
  const alpha = factor(product, 'alpha');
  return alpha === 1 ? matrix : { ...matrix, data: matrix.data.map((value) => value * alpha) };
}

/** What is added to every row, [out], or nothing; undefined where it cannot be read. */
export function readBias(model: OnnxModel, linear: Linear, external: ExternalBytes = () => undefined): { readonly bias?: Float32Array } | undefined {
  const graph = graphOf(model);
  const found = linearNodes(graph, linear);
  if (!found) return undefined;
  const { product, nodes, sideBias } = found;
  const names = nodes.flatMap((node) => (node.op === 'Add' && node !== product ? node.inputs.filter((name) => graph.isConstant(name)) : []));
  if (sideBias) names.push(sideBias);
  const parts = names.map((name) => constantFloats(graph, name, external)?.data);
  if (product.op === 'Gemm' && product.inputs[2])
    parts.push(constantFloats(graph, product.inputs[2], external)?.data.map((value) => value * factor(product, 'beta')));
  if (parts.some((part) => part === undefined)) return undefined;
  const [first, ...others] = parts as Float32Array[];
  if (!first) return {};
  return { bias: first.map((value, i) => others.reduce((sum, other) => sum + (other[i] ?? other[0] ?? 0), value)) };
}
