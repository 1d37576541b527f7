// An ONNX file as a graph that can be changed and written again. Nodes inside sub-graphs and local functions are left as they are.

import { bytesField, type Field, numberField, payloadsOf, readFields, stringField, stringsOf, writeFields } from '../support/protobuf';
import { type Constant, constantOf, type GraphNode, nodeOf, nodePayload, tensorPayload } from './onnxParts';

/** One input of one node. */
export interface Edge {
  readonly node: GraphNode;
  readonly position: number;
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
