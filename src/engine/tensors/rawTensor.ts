// Tensors as the runtime takes and gives them: type, dimensions with batch axis, data. Conversions to and from numbers.

import { sizeOf } from '../../core/tensor';
import { bool, float16, float32, float64, int32, int64 } from '../../onnx/file/elementTypes';
import { fromHalf, toHalf } from '../../onnx/file/halfFloats';

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
const elementTypes: Readonly<Record<number, readonly [string, (count: number) => RawData]>> = {
  [float32]: ['float32', (count) => new Float32Array(count)],
  [int32]: ['int32', (count) => new Int32Array(count)],
  [int64]: ['int64', (count) => new BigInt64Array(count)],
  [bool]: ['bool', (count) => new Uint8Array(count)],
  [float16]: ['float16', (count) => new Uint16Array(count)],
  [float64]: ['float64', (count) => new Float64Array(count)],
};

/** Whether a number of somebody else's is one of the type: whole and within its range for whole numbers, a number at all for the others. */
export function fitsType(elementType: number, value: number): boolean {
  const limits: Readonly<Record<number, number>> = { [int32]: 2 ** 31, [int64]: 2 ** 63 };
  if (elementType === bool) return value === 0 || value === 1;
  const limit = limits[elementType];
  return limit === undefined ? !Number.isNaN(value) : Number.isInteger(value) && value >= -limit && value < limit;
}

/** Numbers in the element type of an input, 0 where there are none; undefined for element types that no text model takes. */
export function numbersIn(elementType: number, dims: readonly number[], values: readonly number[]): RawTensor | undefined {
  const entry = elementTypes[elementType];
  if (!entry) return undefined;
  const [type, make] = entry;
  const data = make(sizeOf(dims));
  for (const [i, value] of values.entries()) {
    if (data instanceof BigInt64Array) data[i] = BigInt(Math.trunc(value));
    else data[i] = elementType === float16 ? toHalf(value) : value;
  }
  return { type, dims, data };
}

/** The values as float32; the same memory where they are float32 already. */
export function floatsOfRaw(tensor: RawTensor): Float32Array {
  const { data } = tensor;
  if (data instanceof Float32Array) return data;
  if (tensor.type === 'float16') return Float32Array.from(data as Uint16Array, fromHalf);
  return data instanceof BigInt64Array || data instanceof BigUint64Array ? Float32Array.from(data, Number) : Float32Array.from(data);
}
