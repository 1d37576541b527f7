// Writes small ONNX files for tests: graphs of nodes, initializers, inputs and outputs as protobuf bytes (onnx.proto field numbers).

type Bytes = Uint8Array;

function joined(...parts: readonly Bytes[]): Bytes {
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => {
    result.set(part, at);
    return at + part.length;
  }, 0);
  return result;
}

function varint(value: number | bigint): Bytes {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 0x80 : low);
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}

const number = (field: number, value: number | bigint): Bytes => joined(varint(field * 8), varint(value));
const bytes = (field: number, value: Bytes): Bytes => joined(varint(field * 8 + 2), varint(value.length), value);
const text = (field: number, value: string): Bytes => bytes(field, new TextEncoder().encode(value));
const float = (field: number, value: number): Bytes => joined(varint(field * 8 + 5), new Uint8Array(Float32Array.of(value).buffer));

export type AttributeValue = number | readonly number[] | string | { readonly float: number };

export interface TestNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  readonly domain?: string;
}

export interface TestTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data: Float32Array | BigInt64Array;
}

export interface TestValue {
  readonly name: string;
  /** 1 float, 7 int64, 9 bool. */
  readonly elementType: number;
  readonly dims: readonly (number | string)[];
  /** A sequence of such tensors. */
  readonly isSequence?: boolean;
}

export interface TestGraph {
  readonly nodes: readonly TestNode[];
  readonly tensors: readonly TestTensor[];
  readonly inputs: readonly TestValue[];
  readonly outputs: readonly TestValue[];
  readonly opset?: number;
}

function attribute(name: string, value: AttributeValue): Bytes {
  const head = text(1, name);
  if (typeof value === 'number') return joined(head, number(3, value), number(20, 2));
  if (typeof value === 'string') return joined(head, text(4, value), number(20, 3));
  if ('float' in value) return joined(head, float(2, value.float), number(20, 1));
  return joined(head, ...value.map((one) => number(8, one)), number(20, 7));
}

function node({ op, inputs, outputs, attributes = {}, domain }: TestNode): Bytes {
  return joined(
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(3, `${op}_${outputs[0]}`),
    text(4, op),
    ...Object.entries(attributes).map(([name, value]) => bytes(5, attribute(name, value))),
    ...(domain ? [text(7, domain)] : []),
  );
}

function tensor({ name, dims, data }: TestTensor): Bytes {
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return joined(...dims.map((dim) => number(1, dim)), number(2, data instanceof Float32Array ? 1 : 7), text(8, name), bytes(9, raw));
}

function value({ name, elementType, dims, isSequence }: TestValue): Bytes {
  const shape = joined(...dims.map((dim) => bytes(1, typeof dim === 'number' ? number(1, dim) : text(2, dim))));
  const tensor = bytes(1, joined(number(1, elementType), bytes(2, shape)));
  return joined(text(1, name), bytes(2, isSequence ? bytes(4, bytes(1, tensor)) : tensor));
}

/** The file. */
export function onnxBytes({ nodes, tensors, inputs, outputs, opset = 17 }: TestGraph): Uint8Array {
  const graph = joined(
    ...nodes.map((one) => bytes(1, node(one))),
    text(2, 'test'),
    ...tensors.map((one) => bytes(5, tensor(one))),
    ...inputs.map((one) => bytes(11, value(one))),
    ...outputs.map((one) => bytes(12, value(one))),
  );
  const domains = [['', opset] as const, ...(nodes.some((one) => one.domain) ? [['com.microsoft', 1] as const] : [])];
  return joined(number(1, 8), text(2, 'test'), bytes(7, graph), ...domains.map(([domain, version]) => bytes(8, joined(text(1, domain), number(2, version)))));
}
