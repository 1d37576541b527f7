// Mutations of projections and of the sums around them: a bias less, an adapter more, the stream from elsewhere.

import { drawn, foundOf, type Mutation, nameAt, pick } from './mutation';
import type { OnnxGraph } from './onnxGraph';
import type { GraphNode } from './onnxParts';

/** The last addition of a constant vector before a place is left out. */
const biasDropped = (activation: string): Mutation => ({
  name: `${activation}: no bias`,
  rule: 'numbers',
  make(patient) {
    const { graph, random } = patient;
    const one = pick(foundOf(patient, activation), random);
    const node = one?.places[0] && graph.maker(one.places[0].tensor);
    if (node?.op !== 'Add') return undefined;
    const data = node.inputs.find((input) => !graph.constants.has(input));
    if (data === undefined || !node.inputs.some((input) => graph.constants.has(input))) return undefined;
    graph.remove(node, data);
    return one?.key;
  },
});

/** The product in front of a bias, or the node itself. */
function productOf(graph: OnnxGraph, maker: GraphNode | undefined): GraphNode | undefined {
  return maker?.op === 'Add' ? maker.inputs.map((name) => graph.maker(name)).find((node) => node?.op === 'MatMul') : maker;
}

/** The tensor in front of the product that makes a place, and the place: their branch of rank 2 is added, as an adapter's. */
const adapter = (activation: string): Mutation => ({
  name: `${activation}: an unmerged adapter`,
  rule: 'numbers',
  make(patient) {
    const { graph, dimsOf, random } = patient;
    const one = pick(foundOf(patient, activation), random);
    const first = one?.places[0];
    const maker = first && graph.maker(first.tensor);
    const product = productOf(graph, maker);
    const input = product?.op === 'MatMul' ? (product.inputs[0] as string) : undefined;
    const [from, to] = [input && dimsOf.get(input)?.at(-1), first?.dims.at(-1)];
    const edges = first ? graph.readers(first.tensor) : [];
    if (!input || !from || !to || edges.length === 0) return undefined;
    const draw = (length: number) => Array.from({ length }, () => random.next() - 0.5);
    graph.onEdges(edges, (place, before) => {
      const down = graph.insert(before, 'MatMul', [input, graph.float([from, 2], draw(from * 2))]);
      return graph.insert(before, 'Add', [place, graph.insert(before, 'MatMul', [down, graph.float([2, to], draw(to * 2))])]);
    });
    return one?.key;
  },
});

/** The stream of one addition is taken from behind the norm, or the branch's norm is left out. */
const throughNorm: Mutation = {
  name: 'resid_pre: the sum takes it from behind the norm',
  rule: 'numbers',
  make(patient) {
    const found = drawn(patient, 'resid_pre');
    const sum = found?.edges.find(({ node }) => node.op === 'Add');
    const query = found && foundOf(patient, 'q').find(({ key }) => key.startsWith(found.one.key.replace(/resid_pre$/, 'self')));
    const maker = query?.places[0] && patient.graph.maker(query.places[0].tensor);
    const product = productOf(patient.graph, maker);
    const normed = product?.inputs[0];
    if (!sum || !normed || normed === nameAt(sum) || patient.graph.constants.has(normed)) return undefined;
    sum.node.inputs[sum.position] = normed;
    return found?.one.key;
  },
};

export const branchKinds: readonly Mutation[] = [
  ...['q', 'k', 'v', 'attn_out', 'mlp_out', 'mlp_pre'].map(biasDropped),
  ...['q', 'k', 'v', 'attn_out', 'mlp_out'].map(adapter),
  throughNorm,
];
