// An ONNX file as a graph that can be changed and written again. Owes nothing to the product's own reader and writer.
// Field numbers: onnx.proto. Nodes inside sub-graphs and local functions are left as they are.

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

/** One input of one node. */
export interface Edge {
  readonly node: GraphNode;
  readonly position: number;
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
function constantOf(payload: Uint8Array): { readonly name: string; readonly constant: Constant } | undefined {
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

function nodeOf(payload: Uint8Array, id: number): GraphNode {
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

function nodePayload(node: GraphNode): Uint8Array {
  return writeFields([
    ...node.inputs.map((name) => stringField(1, name)),
    ...node.outputs.map((name) => stringField(2, name)),
    stringField(4, node.op),
    ...[...node.attributes.values()].map((attribute) => bytesField(5, writeFields(attribute))),
    ...(node.domain ? [stringField(7, node.domain)] : []),
  ]);
}

export class OnnxGraph {
  readonly nodes: GraphNode[];
  /** Initializers, and values of Constant nodes, by name. */
  readonly constants = new Map<string, Constant>();
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  private readonly model: readonly Field[];
  /** What is written as it was read: initializers of other types, value infos, inputs, outputs. */
  private readonly kept: Field[] = [];
  private count = 0;

  /** Throws where the bytes are no ONNX model. */
  constructor(bytes: Uint8Array) {
    this.model = readFields(bytes);
    const fields = readFields(payloadsOf(this.model, 7)[0] as Uint8Array);
    const all = payloadsOf(fields, 1).map(nodeOf);
    for (const field of fields) {
      if (field.number === 1) continue;
      const found = field.number === 5 ? constantOf(field.value as Uint8Array) : undefined;
      if (found) this.constants.set(found.name, found.constant);
      else this.kept.push(field);
    }
    this.nodes = all.filter((node) => !this.takeConstant(node));
    this.inputs = payloadsOf(fields, 11).map((info) => stringsOf(readFields(info), 1)[0] as string);
    this.outputs = payloadsOf(fields, 12).map((info) => stringsOf(readFields(info), 1)[0] as string);
  }

  private takeConstant(node: GraphNode): boolean {
    const value = node.op === 'Constant' ? node.attributes.get('value') : undefined;
    const tensor = value && payloadsOf(value, 5)[0];
    const found = tensor && constantOf(tensor);
    if (found) this.constants.set(node.outputs[0] as string, found.constant);
    return found !== undefined;
  }

  /** The file again; `exposed` tensors are outputs too. */
  write(exposed: readonly string[] = []): Uint8Array {
    const more = exposed.filter((name) => !this.outputs.includes(name));
    const graph = writeFields([
      ...this.nodes.map((node) => bytesField(1, nodePayload(node))),
      ...[...this.constants].map(([name, constant]) => bytesField(5, tensorPayload(name, constant))),
      ...this.kept,
      ...more.map((name) => bytesField(12, writeFields([stringField(1, name)]))),
    ]);
    return writeFields(this.model.map((field) => (field.number === 7 ? bytesField(7, graph) : field)));
  }

  fresh(): string {
    return `mutant_${this.count++}`;
  }

  maker(tensor: string): GraphNode | undefined {
    return this.nodes.find((node) => node.outputs.includes(tensor));
  }

  readers(tensor: string): Edge[] {
    return this.nodes.flatMap((node) => node.inputs.flatMap((name, position) => (name === tensor ? [{ node, position }] : [])));
  }

  /** Every tensor that a node makes. */
  get made(): string[] {
    return this.nodes.flatMap((node) => node.outputs).filter((name) => name !== '');
  }

  float(dims: readonly number[], values: readonly number[]): string {
    return this.constant({ dims, type: 1, raw: new Uint8Array(Float32Array.from(values).buffer) });
  }

  int(dims: readonly number[], values: readonly number[]): string {
    return this.constant({ dims, type: 7, raw: new Uint8Array(BigInt64Array.from(values.map(BigInt)).buffer) });
  }

  private constant(constant: Constant): string {
    const name = this.fresh();
    this.constants.set(name, constant);
    return name;
  }

  /** A new node before `before`; its output's name. */
  insert(before: GraphNode, op: string, inputs: readonly string[], attributes: Readonly<Record<string, number>> = {}): string {
    const output = this.fresh();
    const fields = Object.entries(attributes).map(([name, value]): [string, Field[]] => [
      name,
      [stringField(1, name), numberField(3, BigInt.asUintN(64, BigInt(value))), numberField(20, 2)],
    ]);
    const node: GraphNode = { op, domain: '', inputs: [...inputs], slots: inputs.map(() => -1), outputs: [output], attributes: new Map(fields) };
    this.nodes.splice(this.nodes.indexOf(before), 0, node);
    return output;
  }

  /** The inputs of these edges become `make(input)`; its nodes stand before the first of them. All edges have the same input. */
  onEdges(edges: readonly Edge[], make: (input: string, before: GraphNode) => string): void {
    const first = [...edges].sort((a, b) => this.nodes.indexOf(a.node) - this.nodes.indexOf(b.node))[0];
    if (!first) return;
    const made = make(first.node.inputs[first.position] as string, first.node);
    for (const { node, position } of edges) node.inputs[position] = made;
  }

  remove(node: GraphNode, instead: string): void {
    for (const edge of this.readers(node.outputs[0] as string)) edge.node.inputs[edge.position] = instead;
    this.nodes.splice(this.nodes.indexOf(node), 1);
  }
}

/** Numbers of a float constant, as a view on its bytes. */
export const floatsIn = (constant: Constant) => new Float32Array(constant.raw.buffer);
export const bigIntsIn = (constant: Constant) => new BigInt64Array(constant.raw.buffer);
