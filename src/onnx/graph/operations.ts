// What an operation does with its inputs, as far as finding attention needs it. Tables only.

import type { NodePart } from '../file/messages/parts';

const only0: readonly number[] = [0];

/** Inputs whose numbers flow into the output; the others are shapes, indices, conditions or axes. undefined: all inputs. */
const valueInputs: Readonly<Record<string, readonly number[]>> = {
  Reshape: only0,
  Expand: only0,
  Slice: only0,
  Squeeze: only0,
  Unsqueeze: only0,
  Tile: only0,
  Pad: only0,
  Split: only0,
  TopK: only0,
  Dropout: only0,
  ReduceSum: only0,
  ReduceMean: only0,
  ReduceMax: only0,
  ReduceMin: only0,
  ReduceL2: only0,
  ReduceSumSquare: only0,
  ReduceProd: only0,
  CastLike: only0,
  CumSum: only0,
  Trilu: only0,
  Resize: only0,
  GatherElements: only0,
  Where: [1, 2],
  ScatterND: [0, 2],
  ScatterElements: [0, 2],
  OneHot: [0],
  Clip: only0,
};

/** Operations whose output tells nothing of the numbers that come in, or only yes or no. */
const killing = new Set([
  'Shape',
  'Size',
  'Equal',
  'Greater',
  'GreaterOrEqual',
  'Less',
  'LessOrEqual',
  'Not',
  'And',
  'Or',
  'Xor',
  'IsNaN',
  'IsInf',
  'NonZero',
  'ConstantOfShape',
  'Range',
  'Sign',
]);

export function carriesValues(node: NodePart): boolean {
  return !killing.has(node.op);
}

/** Names of the inputs whose numbers flow into the output. */
export function valueNames(node: NodePart): string[] {
  const slots = valueInputs[node.op];
  const names = slots ? slots.map((slot) => node.inputs[slot] ?? '') : node.inputs;
  return names.filter((name) => name !== '');
}

/** Operations that only arrange numbers: what goes in comes out, possibly repeated or in part. */
export const layoutOps = new Set([
  'Reshape',
  'Transpose',
  'Unsqueeze',
  'Squeeze',
  'Flatten',
  'Expand',
  'Tile',
  'Split',
  'Slice',
  'Gather',
  'Identity',
  'Cast',
  'CastLike',
  'Dropout',
  'Contiguous',
]);

/** Halves of a rounding to 8 bits: the text goes through with other numbers. */
export const roundingOps = new Set(['QuantizeLinear', 'DequantizeLinear']);

/** Operators that are a whole attention. */
export const attentionOps = new Set([
  'Attention',
  'MultiHeadAttention',
  'GroupQueryAttention',
  'QAttention',
  'SparseAttention',
  'DecoderMaskedMultiHeadAttention',
  'DecoderMaskedSelfAttention',
  'PackedAttention',
  'PackedMultiHeadAttention',
  'PagedAttention',
  'LongformerAttention',
  'DecoderAttention',
]);

/** Recurrent layers: what comes out is a state of its own. */
export const recurrentOps = new Set(['GRU', 'LSTM', 'RNN']);

/** Activation functions of small networks, beside the larger ones of feed-forward parts. */
export const bendOps = new Set(['Tanh', 'Relu', 'Sigmoid']);

/** Products of two tensors: places of the two operands. */
const products: Readonly<Record<string, readonly [number, number]>> = {
  MatMul: [0, 1],
  FusedMatMul: [0, 1],
  TransposeMatMul: [0, 1],
  Gemm: [0, 1],
  Einsum: [0, 1],
  Conv: [0, 1],
  MatMulInteger: [0, 1],
  ConvInteger: [0, 1],
  MatMulIntegerToFloat: [0, 1],
  DynamicQuantizeMatMul: [0, 1],
  QLinearMatMul: [0, 3],
  QGemm: [0, 3],
  QLinearConv: [0, 3],
  MatMulNBits: [0, 1],
  MatMulBnb4: [0, 1],
  MatMulFpQ4: [0, 1],
};

/** The two operands of a product; undefined for other operations. */
export function operandSlots(node: NodePart): readonly [number, number] | undefined {
  if (node.op === 'Einsum' && node.inputs.length !== 2) return undefined;
  return products[node.op];
}

/** Products of 8-bit numbers with their scales beside them: what goes in and comes out means nothing without. */
export const roundedProducts = new Set(['QLinearMatMul', 'QGemm', 'QLinearConv']);
