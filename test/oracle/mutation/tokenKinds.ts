// Mutations of what is fed and of which token a row is: ids, positions, tables, masks, and the order of tokens on their way.

import { edgesOf, foundOf, type Mutation, type Patient, pick, tokenAxisOf } from './mutation';
import type { Edge, GraphNode, OnnxGraph } from './onnxGraph';

interface Order {
  readonly name: string;
  make(graph: OnnxGraph, input: string, before: GraphNode, axis: number): string;
}

function slice(graph: OnnxGraph, before: GraphNode, input: string, axis: number, from: number, to: number, step = 1): string {
  return graph.insert(before, 'Slice', [input, graph.int([1], [from]), graph.int([1], [to]), graph.int([1], [axis]), graph.int([1], [step])]);
}

const far = 2 ** 31 - 1;

/** Each gives as many rows as there were, for a text of any length. */
const orders: readonly Order[] = [
  { name: 'in reverse order', make: (graph, input, before, axis) => slice(graph, before, input, axis, -1, -far, -1) },
  {
    name: 'moved on by one',
    make: (graph, input, before, axis) =>
      graph.insert(before, 'Concat', [slice(graph, before, input, axis, -1, far), slice(graph, before, input, axis, 0, -1)], { axis }),
  },
  {
    name: 'the first one twice, the last one lost',
    make: (graph, input, before, axis) =>
      graph.insert(before, 'Concat', [slice(graph, before, input, axis, 0, 1), slice(graph, before, input, axis, 0, -1)], { axis }),
  },
  {
    name: 'the first two exchanged',
    make: (graph, input, before, axis) =>
      graph.insert(
        before,
        'Concat',
        [slice(graph, before, input, axis, 1, 2), slice(graph, before, input, axis, 0, 1), slice(graph, before, input, axis, 2, far)],
        { axis },
      ),
  },
];

const idsInput = (graph: OnnxGraph, random: Patient['random']) =>
  pick(
    graph.inputs.filter((name) => ['input_ids', 'src', 'tgt'].includes(name)),
    random,
  );

const idsReordered = (order: Order): Mutation => ({
  name: `ids ${order.name}`,
  rule: 'labels',
  make({ graph, random }) {
    const ids = idsInput(graph, random);
    // The lookup alone: shapes and masks made of the ids stay as they are.
    const edges = ids ? graph.readers(ids).filter(({ node }) => node.op === 'Gather') : [];
    if (edges.length === 0) return undefined;
    graph.onEdges(edges, (input, before) => order.make(graph, input, before, 1));
    return ids;
  },
});

const idsChanged = (name: string, op: string, value: number): Mutation => ({
  name: `ids ${name}`,
  rule: 'labels',
  make({ graph, random }) {
    const ids = idsInput(graph, random);
    const edges = ids ? graph.readers(ids).filter(({ node }) => node.op === 'Gather') : [];
    if (edges.length === 0) return undefined;
    graph.onEdges(edges, (input, before) => graph.insert(before, op, [input, graph.int([], [value])]));
    return ids;
  },
});

/** The edges of one activation with the same tensor, or those of two activations of one site. */
function reordered(activations: readonly string[], order: Order, rule: Mutation['rule'], isWanted: (key: string) => boolean = () => true): Mutation {
  return {
    name: `tokens of ${activations.join(' and ')} ${order.name}`,
    rule,
    make(patient) {
      const { graph, random } = patient;
      const one = pick(
        foundOf(patient, activations[0] as string).filter(({ key }) => isWanted(key)),
        random,
      );
      if (!one) return undefined;
      const prefix = one.key.slice(0, one.key.lastIndexOf('.'));
      const all = activations.flatMap((activation) => foundOf(patient, activation).filter(({ key }) => key === `${prefix}.${activation}`));
      if (all.length < activations.length) return undefined;
      const changes = all.map((found) => {
        const place = found.places.at(-1);
        const axis = place && tokenAxisOf(patient, place);
        const edges = edgesOf(patient, found).filter(({ node, position }) => node.inputs[position] === place?.tensor);
        return { axis, edges };
      });
      if (changes.some(({ axis, edges }) => axis === undefined || edges.length === 0)) return undefined;
      for (const { axis, edges } of changes) graph.onEdges(edges, (input, before) => order.make(graph, input, before, axis as number));
      return one.key;
    },
  };
}

/** Each row becomes the mean of itself and its neighbour: as many as there were, and none is a token's. */
const pooled: Order = {
  name: 'each mixed with the next one',
  make(graph, input, before, axis) {
    const moved = (orders[1] as Order).make(graph, input, before, axis);
    return graph.insert(before, 'Mul', [graph.insert(before, 'Add', [input, moved]), graph.float([], [0.5])]);
  },
};

const isInner = (key: string) => !/\.0\./.test(key);

/** Lookups in tables that lie in the file. */
const lookups = (graph: OnnxGraph) =>
  graph.nodes.filter(({ op, inputs }) => op === 'Gather' && (graph.constants.get(inputs[0] as string)?.dims.length ?? 0) === 2);

const tablesExchanged: Mutation = {
  name: 'two tables exchanged',
  rule: 'numbers',
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

const maskTurned: Mutation = {
  name: 'the mask turned round',
  rule: 'numbers',
  mayFlipMask: true,
  make({ graph, random }) {
    const mask = pick(
      graph.inputs.filter((name) => masks.includes(name)),
      random,
    );
    const edges = mask ? graph.readers(mask).filter(({ node }) => node.op !== 'Shape') : [];
    if (edges.length === 0) return undefined;
    graph.onEdges(edges, (input, before) => graph.insert(before, 'Sub', [graph.int([], [1]), input]));
    return mask;
  },
};

const maskIgnored: Mutation = {
  name: 'the mask ignored',
  rule: 'numbers',
  make({ graph, random }) {
    const mask = pick(
      graph.inputs.filter((name) => masks.includes(name)),
      random,
    );
    const edges = mask ? graph.readers(mask).filter(({ node }) => node.op !== 'Shape') : [];
    if (edges.length === 0) return undefined;
    graph.onEdges(edges, (input, before) => graph.insert(before, 'Max', [graph.int([], [1]), input]));
    return mask;
  },
};

export const tokenKinds: readonly Mutation[] = [
  ...orders.map(idsReordered),
  idsChanged('plus 1', 'Add', 1),
  idsChanged('at most 30', 'Min', 30),
  ...[...orders, pooled].flatMap((order) => [
    reordered(['q'], order, 'labels'),
    reordered(['k'], order, 'labels'),
    reordered(['v'], order, 'labels'),
    reordered(['k', 'v'], order, 'labels'),
    reordered(['z'], order, 'labels'),
    reordered(['attn_out'], order, 'numbers'),
  ]),
  ...orders.flatMap((order) => [reordered(['embed'], order, 'labels'), reordered(['resid_pre'], order, 'labels', isInner)]),
  tablesExchanged,
  indicesExchanged,
  tableTurned,
  positionsMoved,
  maskTurned,
  maskIgnored,
];
