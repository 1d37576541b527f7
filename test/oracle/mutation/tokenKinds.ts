// Mutations of which token a row is: other ids, and the order of tokens on their way.

import { edgesOf, foundOf, type Mutation, type Patient, pick, tokenAxisOf } from './mutation';
import type { OnnxGraph } from './onnxGraph';
import { type Order, orders, pooled } from './orders';

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

const isInner = (key: string) => !/\.0\./.test(key);

export const tokenKinds: readonly Mutation[] = [
  ...orders.map(idsReordered),
  idsChanged('plus 1', 'Add', 1),
  idsChanged('at most 5', 'Min', 5),
  ...[...orders, pooled].flatMap((order) => [
    reordered(['q'], order, 'labels'),
    reordered(['k'], order, 'labels'),
    reordered(['v'], order, 'labels'),
    reordered(['k', 'v'], order, 'labels'),
    reordered(['z'], order, 'labels'),
    reordered(['attn_out'], order, 'numbers'),
  ]),
  ...orders.flatMap((order) => [reordered(['embed'], order, 'labels'), reordered(['resid_pre'], order, 'labels', isInner)]),
];
