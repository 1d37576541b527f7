// The same ONNX model under other names: nodes, tensors and dimensions renamed at random, nodes in another valid order,
// names and doc strings stripped, initializers and value infos shuffled. Computes exactly what the original computes.

import { bytesField, type Field, payloadsOf, readFields, stringField, stringsOf, writeFields } from './protobuf';
import { type Random, randomOf } from './random';

export interface DisguiseOptions {
  readonly seed: number;
  /** Keep the names of the graph's inputs and outputs, by which a caller feeds and fetches. */
  readonly keepInterface: boolean;
}

// Field numbers of onnx.proto.
const model = { graph: 7, producer: 2, producerVersion: 3, domain: 4, doc: 6, metadata: 14, function: 25 };
const graph = { node: 1, name: 2, initializer: 5, doc: 10, input: 11, output: 12, valueInfo: 13, quantization: 14, metadata: 16 };
const node = { input: 1, output: 2, name: 3, attribute: 5, doc: 6, metadata: 9 };
const attribute = { graph: 6, graphs: 11, doc: 13 };
const tensor = { name: 8, doc: 12, metadata: 16 };
const valueInfo = { name: 1, type: 2, doc: 3, metadata: 4 };

class Names {
  private readonly names = new Map<string, string>([['', '']]);
  private readonly dims = new Map<string, string>();
  constructor(readonly random: Random) {}

  keep(name: string): void {
    this.names.set(name, name);
  }

  private fresh(taken: Map<string, string>): string {
    return `${String.fromCharCode(97 + this.random.below(26))}${this.random.below(2 ** 31).toString(36)}_${taken.size}`;
  }

  of(name: string): string {
    const known = this.names.get(name) ?? this.fresh(this.names);
    this.names.set(name, known);
    return known;
  }

  dim(name: string): string {
    const known = this.dims.get(name) ?? this.fresh(this.dims);
    this.dims.set(name, known);
    return known;
  }
}

const text = (field: Field) => new TextDecoder().decode(field.value as Uint8Array);
const rewrite = (payload: Uint8Array, change: (field: Field) => Field | undefined) => writeFields(readFields(payload).flatMap((field) => change(field) ?? []));

/** Strings and messages of `field` replaced; undefined where it is left out. */
function renamedTensor(payload: Uint8Array, names: Names): Uint8Array {
  return rewrite(payload, (field) => {
    if (field.number === tensor.doc || field.number === tensor.metadata) return undefined;
    return field.number === tensor.name ? stringField(tensor.name, names.of(text(field))) : field;
  });
}

/** dim_param (field 2 of a dimension) inside type → tensor_type → shape → dim. */
function renamedType(payload: Uint8Array, names: Names): Uint8Array {
  const into = (bytes: Uint8Array, path: readonly number[]): Uint8Array =>
    rewrite(bytes, (field) => {
      if (path.length === 0) return field.number === 2 ? stringField(2, names.dim(text(field))) : field.number === 3 ? undefined : field;
      return field.number === path[0] ? bytesField(field.number, into(field.value as Uint8Array, path.slice(1))) : field;
    });
  return into(payload, [1, 2, 1]);
}

function renamedValueInfo(payload: Uint8Array, names: Names): Uint8Array {
  return rewrite(payload, (field) => {
    if (field.number === valueInfo.doc || field.number === valueInfo.metadata) return undefined;
    if (field.number === valueInfo.type) return bytesField(valueInfo.type, renamedType(field.value as Uint8Array, names));
    return field.number === valueInfo.name ? stringField(valueInfo.name, names.of(text(field))) : field;
  });
}

function renamedAttribute(payload: Uint8Array, names: Names): Uint8Array {
  return rewrite(payload, (field) => {
    if (field.number === attribute.doc) return undefined;
    const isGraph = field.number === attribute.graph || field.number === attribute.graphs;
    return isGraph ? bytesField(field.number, renamedGraph(field.value as Uint8Array, names)) : field;
  });
}

function renamedNode(payload: Uint8Array, names: Names): Uint8Array {
  const fields = readFields(payload).flatMap((field) => {
    if (field.number === node.doc || field.number === node.metadata || field.number === node.name) return [];
    if (field.number === node.attribute) return [bytesField(field.number, renamedAttribute(field.value as Uint8Array, names))];
    return field.number === node.input || field.number === node.output ? [stringField(field.number, names.of(text(field)))] : [field];
  });
  // Every second node keeps a name, a random one: both kinds of export exist.
  return writeFields(names.random.next() < 0.5 ? fields : [...fields, stringField(node.name, names.of(`node ${names.random.below(2 ** 31)}`))]);
}

/** Names a node reads: its inputs, and all names that occur as inputs or outputs inside its subgraphs. */
function readsOf(payload: Uint8Array): string[] {
  const fields = readFields(payload);
  const graphs = payloadsOf(fields, node.attribute).flatMap((bytes) => {
    const inner = readFields(bytes);
    return [...payloadsOf(inner, attribute.graph), ...payloadsOf(inner, attribute.graphs)];
  });
  const inner = graphs.flatMap((bytes) => {
    const body = readFields(bytes);
    return [...payloadsOf(body, graph.node).flatMap(readsOf), ...payloadsOf(body, graph.output).flatMap((info) => stringsOf(readFields(info), 1))];
  });
  return [...stringsOf(fields, node.input), ...inner];
}

/** A random topological order. */
function reordered(nodes: readonly Uint8Array[], random: Random): Uint8Array[] {
  const makerOf = new Map<string, number>();
  nodes.forEach((payload, i) => {
    for (const name of stringsOf(readFields(payload), node.output)) if (name) makerOf.set(name, i);
  });
  const waitsFor = nodes.map(
    (payload, i) =>
      new Set(
        readsOf(payload)
          .map((name) => makerOf.get(name))
          .filter((maker) => maker !== undefined && maker !== i),
      ),
  );
  const readers = nodes.map((): number[] => []);
  waitsFor.forEach((makers, i) => {
    for (const maker of makers) readers[maker as number]?.push(i);
  });
  const open = waitsFor.map((makers) => makers.size);
  const ready = open.flatMap((count, i) => (count === 0 ? [i] : []));
  const order: number[] = [];
  while (ready.length > 0) {
    const [next] = ready.splice(random.below(ready.length), 1) as [number];
    order.push(next);
    for (const reader of readers[next] ?? []) if (--(open[reader] as number) === 0) ready.push(reader);
  }
  if (order.length !== nodes.length) throw new Error('the graph has a cycle');
  return order.map((i) => nodes[i] as Uint8Array);
}

function renamedGraph(payload: Uint8Array, names: Names): Uint8Array {
  const fields = readFields(payload);
  const of = (number: number, change: (bytes: Uint8Array, names: Names) => Uint8Array, items = payloadsOf(fields, number)) =>
    items.map((bytes) => bytesField(number, change(bytes, names)));
  const kept = fields.filter((field) => !Object.values(graph).includes(field.number));
  return writeFields([
    ...of(graph.node, renamedNode, reordered(payloadsOf(fields, graph.node), names.random)),
    stringField(graph.name, names.of('graph')),
    ...names.random.shuffled(of(graph.initializer, renamedTensor)),
    ...of(graph.input, renamedValueInfo),
    ...of(graph.output, renamedValueInfo),
    ...names.random.shuffled(of(graph.valueInfo, renamedValueInfo)),
    ...kept,
  ]);
}

/** Bytes of the disguised model. Weights in external files stay where they are. Throws for a model with local functions. */
export function disguise(bytes: Uint8Array, options: DisguiseOptions): Uint8Array {
  const names = new Names(randomOf(options.seed));
  const fields = readFields(bytes);
  if (fields.some((field) => field.number === model.function)) throw new Error('local functions are not disguised');
  const body = readFields(payloadsOf(fields, model.graph)[0] as Uint8Array);
  const interfaceNames = [...payloadsOf(body, graph.input), ...payloadsOf(body, graph.output)].flatMap((info) => stringsOf(readFields(info), valueInfo.name));
  if (options.keepInterface) for (const name of interfaceNames) names.keep(name);
  const dropped = [model.producer, model.producerVersion, model.domain, model.doc, model.metadata];
  return writeFields(
    fields
      .filter((field) => !dropped.includes(field.number))
      .map((field) => (field.number === model.graph ? bytesField(model.graph, renamedGraph(field.value as Uint8Array, names)) : field)),
  );
}
