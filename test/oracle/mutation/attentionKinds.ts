// Mutations at the tensors of an attention and of its layer, wherever their numbers were found.

import type { Found, Place } from './findByValue';
import { axisOf, edgesOf, foundOf, type Mutation, type Patient, pick } from './mutation';
import type { Edge } from './onnxGraph';
import { type Transform, transforms } from './transforms';

/** A key, the edges that read it, and a place to know its dimensions by. */
function drawn(patient: Patient, activation: string): { readonly one: Found; readonly edges: readonly Edge[]; readonly place: Place } | undefined {
  const one = pick(foundOf(patient, activation), patient.random);
  const place = one?.places.at(-1);
  const edges = one ? edgesOf(patient, one) : [];
  return one && place && edges.length > 0 ? { one, edges, place } : undefined;
}

const nameAt = (edge: Edge) => edge.node.inputs[edge.position] as string;

/** What is rotated is read more than once, and is one thing only if all that read it read the same. */
const areOne = ['q', 'k', 'rot_q', 'rot_k'];

/** All edges with the same tensor as one of them, or that one alone. */
function chosenEdges({ random }: Patient, edges: readonly Edge[], activation: string): readonly Edge[] {
  const edge = pick(edges, random) as Edge;
  return !areOne.includes(activation) && random.below(2) === 0 ? [edge] : edges.filter((other) => nameAt(other) === nameAt(edge));
}

/** `transform` where the activation is read. The dimensions there are those of the tensor on the edge. */
function changedWhereRead(activation: string, transform: Transform): Mutation {
  return {
    name: `${activation}: ${transform.name}`,
    rule: 'numbers',
    eitherSide: transform.isFactor ? [activation] : [],
    leavesOpen: transform.name === 'another tensor in its place' ? opened[activation] : [],
    make(patient) {
      const found = drawn(patient, activation);
      const edges = found && chosenEdges(patient, found.edges, activation);
      const dims = edges && patient.dimsOf.get(nameAt(edges[0] as Edge));
      if (!found || !edges || !dims) return undefined;
      let done: string | undefined;
      patient.graph.onEdges(edges, (input, before) => {
        done = transform.make(patient, input, before, dims);
        return done ?? input;
      });
      return done && `${found.one.key} where ${edges.map(({ node }) => node.op).join(' and ')} reads it`;
    },
  };
}

/** With another tensor in its place, what led to the old one is that of nothing. */
const opened: Readonly<Record<string, readonly string[]>> = {
  scores: ['q', 'k', 'rot_q', 'rot_k'],
  pattern: ['q', 'k', 'rot_q', 'rot_k', 'scores'],
  rot_q: ['q'],
  rot_k: ['k'],
  z: ['v', 'pattern', 'scores', 'q', 'k', 'rot_q', 'rot_k'],
  attn_out: ['z', 'result', 'v', 'pattern', 'scores', 'q', 'k', 'rot_q', 'rot_k'],
};

const changed = ['q', 'k', 'v', 'rot_q', 'rot_k', 'scores', 'pattern', 'z', 'attn_out', 'resid_pre', 'resid_mid', 'mlp_pre', 'mlp_post', 'mlp_out', 'embed'];

/** The axis of heads of a place whose reference is [head, token, …]: of that size, and no other is. */
const headAxis = ({ dims }: Place, { dims: of }: Found) => (of.length === 3 && (of[0] as number) > 1 ? axisOf(dims, of[0] as number) : undefined);

function alongHeads(
  name: string,
  activation: string,
  make: (patient: Patient, edges: readonly Edge[], axis: number, count: number, rank: number) => void,
): Mutation {
  return {
    name: `${activation}: ${name}`,
    rule: 'numbers',
    // What was rotated may be given in the order, or by the factor, in which it is used.
    leavesOpen: activation.startsWith('rot_') ? [activation.slice('rot_'.length)] : [],
    make(patient) {
      const found = drawn(patient, activation);
      const axis = found && headAxis(found.place, found.one);
      const edges = found?.edges.filter((edge) => nameAt(edge) === found.place.tensor) ?? [];
      if (!found || axis === undefined || edges.length === 0) return undefined;
      make(patient, edges, axis, found.one.dims[0] as number, found.place.dims.length);
      return found.one.key;
    },
  };
}

const perHead = ['q', 'k', 'v', 'rot_q', 'rot_k', 'scores', 'pattern', 'z'];

const oneHeadScaled = (activation: string) =>
  alongHeads('one head twice as large', activation, ({ graph, random }, edges, axis, count, rank) => {
    const chosen = random.below(count);
    const dims = Array.from({ length: rank }, (_, i) => (i === axis ? count : 1));
    const factors = graph.float(
      dims,
      Array.from({ length: count }, (_, i) => (i === chosen ? 2 : 1)),
    );
    graph.onEdges(edges, (input, before) => graph.insert(before, 'Mul', [input, factors]));
  });

const headsReversed = (activation: string) =>
  alongHeads('heads in reverse order', activation, ({ graph }, edges, axis, count) => {
    const order = graph.int(
      [count],
      Array.from({ length: count }, (_, i) => count - 1 - i),
    );
    graph.onEdges(edges, (input, before) => graph.insert(before, 'Gather', [input, order], { axis }));
  });

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

/** The tensor in front of the product that makes a place, and the place: their branch of rank 2 is added, as an adapter's. */
const adapter = (activation: string): Mutation => ({
  name: `${activation}: an unmerged adapter`,
  rule: 'numbers',
  make(patient) {
    const { graph, dimsOf, random } = patient;
    const one = pick(foundOf(patient, activation), random);
    const first = one?.places[0];
    const maker = first && graph.maker(first.tensor);
    const product = maker?.op === 'Add' ? maker.inputs.map((name) => graph.maker(name)).find((node) => node?.op === 'MatMul') : maker;
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
    const product = maker?.op === 'Add' ? maker.inputs.map((name) => patient.graph.maker(name)).find((node) => node?.op === 'MatMul') : maker;
    const normed = product?.inputs[0];
    if (!sum || !normed || normed === nameAt(sum) || patient.graph.constants.has(normed)) return undefined;
    sum.node.inputs[sum.position] = normed;
    return found?.one.key;
  },
};

export const attentionKinds: readonly Mutation[] = [
  ...changed.flatMap((activation) => transforms.map((transform) => changedWhereRead(activation, transform))),
  ...perHead.flatMap((activation) => [oneHeadScaled(activation), headsReversed(activation)]),
  ...['q', 'k', 'v', 'attn_out', 'mlp_out', 'mlp_pre'].map(biasDropped),
  ...['q', 'k', 'v', 'attn_out', 'mlp_out'].map(adapter),
  throughNorm,
];
