// Mutations of single heads.

import type { Found, Place } from './findByValue';
import { axisOf, drawn, type Mutation, nameAt, type Patient } from './mutation';
import type { Edge } from './onnxGraph';

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

export const headKinds: readonly Mutation[] = perHead.flatMap((activation) => [oneHeadScaled(activation), headsReversed(activation)]);
