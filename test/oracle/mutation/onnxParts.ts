// Nodes and constants of an ONNX file, read and written. Owes nothing to the product's own reader and writer. Field numbers: onnx.proto.

import { bytesField, type Field, numberField, payloadsOf, readFields, stringField, stringsOf, writeFields } from '../support/protobuf';

export interface GraphNode {
  /** Place in the file as it was read; undefined of a node that was put in. */
  readonly id?: number;
  op: string;
  readonly domain: string;
  readonly inputs: string[];
  /** Where each input stood in the file as it was read. */
  readonly slots: number[];
  readonly outputs: string[];
  /** AttributeProto by name. */
  readonly attributes: Map<string, Field[]>;
}

export interface Constant {
  readonly dims: readonly number[];
  /** ONNX element type: 1 float, 6 int32, 7 int64, 9 bool. */
  readonly type: number;
  raw: Uint8Array;
}

const intsOf = (fields: readonly Field[], number: number) => fields.filter((one) => one.number === number).flatMap((one) => numbersIn(one));
const intOf = (fields: readonly Field[], number: number) => Number(fields.find((one) => one.number === number)?.value ?? 0n);

/** The whole numbers of a repeated field, packed or not. */
function numbersIn({ value }: Field): number[] {
  if (typeof value === 'bigint') return [Number(BigInt.asIntN(64, value))];
  const numbers: number[] = [];
  for (let at = 0; at < value.length; ) {
    let number = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = value[at++] as number;
      number |= BigInt(byte & 127) << shift;
      if (byte < 128) break;
    }
    numbers.push(Number(BigInt.asIntN(64, number)));
  }
  return numbers;
}

const sizes: Readonly<Record<number, number>> = { 1: 4, 6: 4, 7: 8, 9: 1 };

/** Name and numbers of a TensorProto; undefined where they lie elsewhere or are of another type. */
export function constantOf(payload: Uint8Array): { readonly name: string; readonly constant: Constant } | undefined {
  const fields = readFields(payload);
  const type = intOf(fields, 2);
  const dims = intsOf(fields, 1);
  const raw = payloadsOf(fields, 9)[0] ?? typed(fields, type);
  const count = dims.reduce((product, dim) => product * dim, 1);
  if (!raw || raw.length !== count * (sizes[type] ?? -1)) return undefined;
  return { name: stringsOf(fields, 8)[0] ?? '', constant: { dims, type, raw: Uint8Array.from(raw) } };
}

/** float_data, int32_data and int64_data as raw bytes. */
function typed(fields: readonly Field[], type: number): Uint8Array | undefined {
  if (type === 1) return payloadsOf(fields, 4)[0];
  const values = intsOf(fields, type === 7 ? 7 : 5);
  if (type === 7) return new Uint8Array(BigInt64Array.from(values.map(BigInt)).buffer);
  if (type === 6) return new Uint8Array(Int32Array.from(values).buffer);
  return type === 9 ? Uint8Array.from(values) : undefined;
}

export function tensorPayload(name: string, { dims, type, raw }: Constant): Uint8Array {
  return writeFields([...dims.map((dim) => numberField(1, dim)), numberField(2, type), stringField(8, name), bytesField(9, raw)]);
}

export function nodeOf(payload: Uint8Array, id: number): GraphNode {
  const fields = readFields(payload);
  const attributes = new Map(payloadsOf(fields, 5).map((bytes): [string, Field[]] => [stringsOf(readFields(bytes), 1)[0] ?? '', readFields(bytes)]));
  const inputs = stringsOf(fields, 1);
  return {
    id,
    op: stringsOf(fields, 4)[0] ?? '',
    domain: stringsOf(fields, 7)[0] ?? '',
    inputs,
    slots: inputs.map((_, slot) => slot),
    outputs: stringsOf(fields, 2),
    attributes,
  };
}

export function nodePayload(node: GraphNode): Uint8Array {
  return writeFields([
    ...node.inputs.map((name) => stringField(1, name)),
    ...node.outputs.map((name) => stringField(2, name)),
    stringField(4, node.op),
    ...[...node.attributes.values()].map((attribute) => bytesField(5, writeFields(attribute))),
    ...(node.domain ? [stringField(7, node.domain)] : []),
  ]);
}

/** Numbers of a float constant, as a view on its bytes. */
export const floatsIn = (constant: Constant) => new Float32Array(constant.raw.buffer);
export const bigIntsIn = (constant: Constant) => new BigInt64Array(constant.raw.buffer);
