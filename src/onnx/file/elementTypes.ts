// ONNX element types: how many bits a number takes, and which type each tensor of a graph has, as far as that follows from the nodes.

import type { NodePart } from './messages/parts';
import type { OnnxModel } from './model';

// TensorProto.DataType of onnx.proto3.
export const float32 = 1;
export const uint8 = 2;
export const int8 = 3;
export const int16 = 5;
export const int32 = 6;
export const int64 = 7;
export const text = 8;
export const bool = 9;
export const float16 = 10;
export const float64 = 11;
export const bfloat16 = 16;
export const uint4 = 21;
export const int4 = 22;

export const floatTypes: ReadonlySet<number> = new Set([float32, float16, float64, bfloat16]);
/** Of the whole numbers that texts are made of. */
export const wholeTypes: ReadonlySet<number> = new Set([int32, int64]);
/** What constants beside a graph are written in. */
export type WrittenType = typeof float32 | typeof int64 | typeof bool;

/** Types without a name here occur in no text model. */
const bits: Readonly<Record<number, number>> = {
  [float32]: 32,
  [uint8]: 8,
  [int8]: 8,
  4: 16,
  [int16]: 16,
  [int32]: 32,
  [int64]: 64,
  [bool]: 8,
  [float16]: 16,
  [float64]: 64,
  12: 32,
  13: 64,
  14: 64,
  15: 128,
  [bfloat16]: 16,
  17: 8,
  18: 8,
  19: 8,
  20: 8,
  [uint4]: 4,
  [int4]: 4,
};

/** Bits of one number; undefined for strings and unknown types. */
export function elementBits(type: number): number | undefined {
  return bits[type];
}

const bools = new Set(['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual', 'And', 'Or', 'Not', 'Xor', 'IsNaN', 'IsInf']);
const longs = new Set(['Shape', 'Size', 'NonZero', 'ArgMax', 'ArgMin']);

function constantType(node: NodePart): number | undefined {
  const value = node.attributes.get('value')?.tensor?.type;
  if (value !== undefined) return value;
  if (node.attributes.has('value_float') || node.attributes.has('value_floats')) return float32;
  return node.attributes.has('value_int') || node.attributes.has('value_ints') ? int64 : undefined;
}

/** Type of one output of a node; `typeOf` tells the type of its inputs. */
function typeFrom(node: NodePart, output: number, typeOf: (input: number) => number | undefined): number | undefined {
  if (bools.has(node.op)) return bool;
  if (longs.has(node.op)) return int64;
  switch (node.op) {
    case 'Cast':
      return node.attributes.get('to')?.int;
    case 'CastLike':
      return typeOf(1);
    case 'Constant':
      return constantType(node);
    case 'ConstantOfShape':
      return constantType(node) ?? float32;
    case 'Where':
      return typeOf(1) ?? typeOf(2);
    case 'DequantizeLinear':
      return typeOf(1);
    case 'QuantizeLinear':
      return typeOf(2) ?? uint8;
    case 'DynamicQuantizeLinear':
      return output === 1 ? float32 : uint8;
    case 'MatMulInteger':
    case 'ConvInteger':
      return int32;
    case 'OneHot':
      return typeOf(2);
    case 'EyeLike':
      return node.attributes.get('dtype')?.int ?? typeOf(0);
    case 'TopK':
    case 'MaxPool':
      return output === 1 ? int64 : typeOf(0);
    case 'Dropout':
      return output === 1 ? bool : typeOf(0);
    case 'EmbedLayerNormalization':
      return output === 1 ? int32 : typeOf(2);
    case 'QEmbedLayerNormalization':
      return output === 1 ? int32 : typeOf(5);
    case 'QAttention':
      return typeOf(3);
    case 'GatherBlockQuantized':
      return typeOf(2);
    case 'QLinearMatMul':
    case 'QLinearSoftmax':
    case 'QLinearConv':
      return uint8;
    case 'DynamicQuantizeMatMul':
    case 'MatMulIntegerToFloat':
      return typeOf(2) ?? float32;
    case 'If':
    case 'Loop':
    case 'Scan':
    case 'Optional':
      return undefined;
    default:
      return typeOf(0) ?? typeOf(1);
  }
}

/** The type of every tensor whose type follows from inputs, weights and nodes. */
export function inferTypes(model: OnnxModel): Map<string, number> {
  const types = new Map<string, number>();
  for (const input of model.inputs) if (input.type) types.set(input.name, input.type);
  for (const tensor of model.initializers.values()) types.set(tensor.name, tensor.type);
  for (const node of model.nodes) {
    node.outputs.forEach((name, i) => {
      const type = name === '' ? undefined : typeFrom(node, i, (input) => types.get(node.inputs[input] ?? ''));
      if (type !== undefined) types.set(name, type);
    });
  }
  return types;
}
