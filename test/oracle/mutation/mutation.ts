// What a mutation is: one change of a graph, and the rule by which a capture of the changed graph is judged.

import type { Random } from '../support/random';
import type { Found, Place } from './findByValue';
import type { Edge, OnnxGraph } from './onnxGraph';

/** A graph that may be changed, and where in it the references lie. */
export interface Patient {
  readonly file: string;
  readonly graph: OnnxGraph;
  readonly found: readonly Found[];
  readonly random: Random;
  /** Number of tokens of the text (source, target), by which a tensor's token axis is known. */
  readonly tokenCounts: readonly number[];
  /** Dimensions of every floating point tensor of the graph as it was. */
  readonly dimsOf: ReadonlyMap<string, readonly number[]>;
}

export interface Mutation {
  readonly name: string;
  /**
   * `numbers`: what is verified must be what a plain run of the changed file gives. `labels`: the numbers stay those of a model, but
   * row or column j is no longer token j, so that nothing may be called verified.
   */
  readonly rule: 'numbers' | 'labels';
  /** Activations whose meaning the change leaves open: not compared. */
  readonly leavesOpen?: readonly string[];
  /** Activations that may also be given as they were before the changed step. */
  readonly eitherSide?: readonly string[];
  /** The capture may also be right for the opposite mask, or for inputs that take each other's place: what the graph does decides, not the names. */
  readonly otherFeeds?: 'mask' | 'inputs';
  /** Changes the graph and says how; undefined where there is nothing to change. */
  make(patient: Patient): string | undefined;
}

export function pick<T>(items: readonly T[], random: Random): T | undefined {
  return items.length === 0 ? undefined : items[random.below(items.length)];
}

/** Places of that activation in the patient's file, one list per key. */
export function foundOf({ found, file }: Patient, activation: string): Found[] {
  return found
    .filter(({ key }) => key === activation || key.endsWith(`.${activation}`))
    .map((one) => ({ ...one, places: one.places.filter((place) => place.file === file), readings: one.readings.filter((reading) => reading.file === file) }))
    .filter(({ places }) => places.length > 0);
}

/** The edges at which the nodes read it, as the graph is now. */
export function edgesOf({ graph }: Patient, { readings }: Found): Edge[] {
  return readings.flatMap(({ id, slot }) => {
    const node = graph.nodes.find((one) => one.id === id);
    const position = node ? node.slots.indexOf(slot) : -1;
    return node && position >= 0 ? [{ node, position }] : [];
  });
}

/** The axis of `dims` that has this size; undefined where none or several have it. */
export function axisOf(dims: readonly number[], size: number): number | undefined {
  const axes = dims.flatMap((dim, axis) => (dim === size ? [axis] : []));
  return axes.length === 1 ? axes[0] : undefined;
}

/** The token axis of a place: one of the token counts, and no other dimension. */
export function tokenAxisOf({ tokenCounts }: Patient, { dims }: Pick<Place, 'dims'>): number | undefined {
  return tokenCounts.map((count) => axisOf(dims, count)).find((axis) => axis !== undefined);
}

/** A key of that activation, the edges that read it, and the last place of it. */
export function drawn(patient: Patient, activation: string): { readonly one: Found; readonly edges: readonly Edge[]; readonly place: Place } | undefined {
  const one = pick(foundOf(patient, activation), patient.random);
  const place = one?.places.at(-1);
  const edges = one ? edgesOf(patient, one) : [];
  return one && place && edges.length > 0 ? { one, edges, place } : undefined;
}

export const nameAt = (edge: Edge) => edge.node.inputs[edge.position] as string;
