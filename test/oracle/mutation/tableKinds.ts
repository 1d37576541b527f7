// Mutations of what is looked up and what is fed: tables, positions, masks.

import { type Mutation, pick } from './mutation';
import type { Edge, OnnxGraph } from './onnxGraph';

/** Lookups in tables that lie in the file. */
const lookups = (graph: OnnxGraph) =>
  graph.nodes.filter(({ op, inputs }) => op === 'Gather' && (graph.constants.get(inputs[0] as string)?.dims.length ?? 0) === 2);

const tablesExchanged: Mutation = {
  name: 'two tables exchanged',
  rule: 'numbers',
  otherFeeds: 'inputs',
  make({ graph, random }) {
    const one = pick(lookups(graph), random);
    const other =
      one &&
      pick(
        lookups(graph).filter((node) => node !== one),
        random,
      );
    if (!one || !other) return undefined;
    [one.inputs[0], other.inputs[0]] = [other.inputs[0] as string, one.inputs[0] as string];
    return `${one.inputs[0]} and ${other.inputs[0]}`;
  },
};

const indicesExchanged: Mutation = {
  name: 'the indices of two tables exchanged',
  rule: 'numbers',
  otherFeeds: 'inputs',
  make({ graph, random }) {
    const [one, other] = random.shuffled(lookups(graph));
    // Of two inputs of ids the names alone would be wrong then, and the product goes by what the graph does with them.
    const areIds = [one, other].every((node) => ['input_ids', 'src', 'tgt'].includes(node?.inputs[1] as string));
    if (!one || !other || areIds) return undefined;
    const last = graph.nodes.indexOf(one) > graph.nodes.indexOf(other) ? one : other;
    const first = last === one ? other : one;
    // The later lookup's indices may not be there yet: only those that are inputs of the graph can move forward.
    if (!graph.inputs.includes(last.inputs[1] as string) && !graph.constants.has(last.inputs[1] as string)) return undefined;
    [one.inputs[1], other.inputs[1]] = [other.inputs[1] as string, one.inputs[1] as string];
    return `${first.inputs[0]} and ${last.inputs[0]}`;
  },
};

const tableTurned: Mutation = {
  name: 'the rows of a table in reverse order',
  rule: 'numbers',
  make({ graph, random }) {
    const table = pick(lookups(graph), random)?.inputs[0];
    const constant = table === undefined ? undefined : graph.constants.get(table);
    if (!constant) return undefined;
    const row = constant.raw.length / (constant.dims[0] as number);
    const rows = Array.from({ length: constant.dims[0] as number }, (_, i) => constant.raw.slice(i * row, (i + 1) * row)).reverse();
    constant.raw = Uint8Array.from(rows.flatMap((bytes) => [...bytes]));
    return table;
  },
};

/** Positions that are fed or counted: other rows of the same table, which are another model's, not other words. */
const positionsMoved: Mutation = {
  name: 'positions moved on by one',
  rule: 'numbers',
  make({ graph, random }) {
    const node = pick(
      lookups(graph).filter(({ inputs }) => !['input_ids', 'src', 'tgt', 'token_type_ids'].includes(inputs[1] as string)),
      random,
    );
    if (!node) return undefined;
    const edge: Edge = { node, position: 1 };
    graph.onEdges([edge], (input, before) => graph.insert(before, 'Add', [input, graph.int([], [1])]));
    return node.inputs[0];
  },
};

const masks = ['attention_mask', 'encoder_attention_mask'];

/** What the graph does to one of its masks, put between the mask and all that reads it. */
const onMask =
  (op: 'Sub' | 'Max'): Mutation['make'] =>
  ({ graph, random }) => {
    const mask = pick(
      graph.inputs.filter((name) => masks.includes(name)),
      random,
    );
    const edges = mask ? graph.readers(mask).filter(({ node }) => node.op !== 'Shape') : [];
    if (edges.length === 0) return undefined;
    graph.onEdges(edges, (input, before) => graph.insert(before, op, [graph.int([], [1]), input]));
    return mask;
  };

const maskTurned: Mutation = { name: 'the mask turned round', rule: 'numbers', otherFeeds: 'mask', make: onMask('Sub') };
const maskIgnored: Mutation = { name: 'the mask ignored', rule: 'numbers', make: onMask('Max') };

export const tableKinds: readonly Mutation[] = [tablesExchanged, indicesExchanged, tableTurned, positionsMoved, maskTurned, maskIgnored];
