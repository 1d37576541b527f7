// Tensors as the runtime takes and gives them: type, dimensions with batch axis, data. Conversions to and from numbers.

import { sizeOf } from '../core/tensor';
import { fromHalf } from '../onnx/halfFloats';

export type RawData =
  | Float32Array
  | Float64Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array
  | BigInt64Array
  | BigUint64Array;

export interface RawTensor {
  /** The runtime's own name: float32, float16, int64, bool … */
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: RawData;
}

/** ONNX element type → name and array; undefined for what no text model takes. */
const elementTypes: Readonly<Record<number, readonly [string, (count: number, value: number) => RawData]>> = {
  1: ['float32', (count, value) => new Float32Array(count).fill(value)],
  6: ['int32', (count, value) => new Int32Array(count).fill(value)],
  7: ['int64', (count, value) => new BigInt64Array(count).fill(BigInt(value))],
  9: ['bool', (count, value) => new Uint8Array(count).fill(value)],
  10: ['float16', (count, value) => new Uint16Array(count).fill(value === 0 ? 0 : 0x3c00)],
  11: ['float64', (count, value) => new Float64Array(count).fill(value)],
};

/** A tensor filled with 0 or 1; undefined for element types that are not known. */
export function filled(elementType: number, dims: readonly number[], value: 0 | 1): RawTensor | undefined {
  const entry = elementTypes[elementType];
  return entry && { type: entry[0], dims, data: entry[1](sizeOf(dims), value) };
}

/** Whole numbers as int64, int32, bool or floats; undefined for other element types. */
export function integers(elementType: number, dims: readonly number[], values: readonly number[]): RawTensor | undefined {
  const tensor = elementType === 10 ? undefined : filled(elementType, dims, 0);
  if (!tensor) return undefined;
  const { data } = tensor;
  if (data instanceof BigInt64Array)
    values.forEach((value, i) => {
      data[i] = BigInt(value);
    });
  else
    values.forEach((value, i) => {
      data[i] = value;
    });
  return tensor;
}

/** The values as float32; the same memory where they are float32 already. */
export function floatsOfRaw(tensor: RawTensor): Float32Array {
  const { data } = tensor;
  if (data instanceof Float32Array) return data;
  if (tensor.type === 'float16') return Float32Array.from(data as Uint16Array, fromHalf);
  return data instanceof BigInt64Array || data instanceof BigUint64Array ? Float32Array.from(data, Number) : Float32Array.from(data);
}
