// Writes protobuf fields and the few ONNX messages that instrumenting adds. Everything else of a file is copied as bytes.

import { float32, int64, type WrittenType } from './elementTypes';

const encoder = new TextEncoder();

/** The pieces one after another, in one fresh array. */
export function join(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function varintBytes(value: number): number[] {
  if (value < 0) return bigVarint(BigInt.asUintN(64, BigInt(value)));
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}

function bigVarint(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
}

/** A varint field; negative values as the ten bytes of an int64. */
export function intField(number: number, value: number): Uint8Array {
  return Uint8Array.from([...varintBytes(number * 8), ...varintBytes(value)]);
}

/** A field with a payload: message, string or bytes. */
export function bytesField(number: number, payload: Uint8Array): Uint8Array {
  return join([Uint8Array.from([...varintBytes(number * 8 + 2), ...varintBytes(payload.length)]), payload]);
}

export function textField(number: number, text: string): Uint8Array {
  return bytesField(number, encoder.encode(text));
}

function floatField(number: number, value: number): Uint8Array {
  const payload = new Uint8Array(5);
  payload[0] = number * 8 + 5;
  new DataView(payload.buffer).setFloat32(1, value, true);
  return payload;
}

/** What an attribute of a side node may hold; whole numbers are ints, `{float}` a float. */
export type AttributeValue = number | readonly number[] | string | { readonly float: number };

/** AttributeProto: 1 name, 2 f, 3 i, 4 s, 8 ints, 20 type. */
export function encodeAttribute(name: string, value: AttributeValue): Uint8Array {
  const named = textField(1, name);
  if (typeof value === 'number') return join([named, intField(3, value), intField(20, 2)]);
  if (typeof value === 'string') return join([named, textField(4, value), intField(20, 3)]);
  if ('float' in value) return join([named, floatField(2, value.float), intField(20, 1)]);
  return join([named, ...value.map((one) => intField(8, one)), intField(20, 7)]);
}

export interface NodeDraft {
  readonly op: string;
  readonly domain?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly name?: string;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  /** Attributes copied as bytes from another node. */
  readonly copied?: readonly Uint8Array[];
}

/** NodeProto: 1 input, 2 output, 3 name, 4 op_type, 5 attribute, 7 domain. */
export function encodeNode(node: NodeDraft): Uint8Array {
  return join([
    ...node.inputs.map((name) => textField(1, name)),
    ...node.outputs.map((name) => textField(2, name)),
    ...(node.name ? [textField(3, node.name)] : []),
    textField(4, node.op),
    ...Object.entries(node.attributes ?? {}).map(([name, value]) => bytesField(5, encodeAttribute(name, value))),
    ...(node.copied ?? []).map((bytes) => bytesField(5, bytes)),
    ...(node.domain ? [textField(7, node.domain)] : []),
  ]);
}

/** TensorProto with int64 (7) or float (1) values: 1 dims, 2 data_type, 8 name, 9 raw_data. */
export function encodeTensor(name: string, dims: readonly number[], values: readonly number[], type: WrittenType): Uint8Array {
  const size = type === int64 ? 8 : type === float32 ? 4 : 1;
  const raw = new DataView(new ArrayBuffer(values.length * size));
  values.forEach((value, i) => {
    if (type === int64) raw.setBigInt64(i * 8, BigInt(value), true);
    else if (type === float32) raw.setFloat32(i * 4, value, true);
    else raw.setUint8(i, value);
  });
  return join([...dims.map((dim) => intField(1, dim)), intField(2, type), textField(8, name), bytesField(9, new Uint8Array(raw.buffer))]);
}

/** ValueInfoProto; without a type the runtime infers it. Dimensions: a number, or a name for what may vary. */
export function encodeValue(name: string, elementType?: number, dims?: readonly (number | string)[]): Uint8Array {
  if (elementType === undefined) return textField(1, name);
  const shape = dims && bytesField(2, join(dims.map((dim) => bytesField(1, typeof dim === 'number' ? intField(1, dim) : textField(2, dim)))));
  return join([textField(1, name), bytesField(2, bytesField(1, join([intField(1, elementType), ...(shape ? [shape] : [])])))]);
}
