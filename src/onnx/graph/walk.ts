// Walks over a graph, up to what makes a tensor or down to what reads it. Every walk ends by itself: it comes to each place once, the graph
// counts its steps, and a limit may end it before. What a walk looks for is its caller's.

import type { OnnxNode } from '../file/model';
import type { Reader } from './links';

/** What a walk needs of a graph. */
export interface Walkable {
  maker(tensor: string): OnnxNode | undefined;
  readers(tensor: string): readonly Reader[];
  /** Counts a step; refuses a file that takes too many of them. */
  spend(): void;
}

/** A tensor, alone or with what its caller wants to know of the way to it. */
type Place = string | { readonly name: string };

export interface WalkOptions<P, R = never> {
  /** The walk stops once it knows of so many places. Without a limit it comes to all, unless the graph's own count of steps is used up. */
  readonly limit?: number;
  /** What a walk gives that stops at its limit. */
  readonly atLimit?: R;
  /** `breadth`: the nearest first; `depth`: on from what was found last. */
  readonly order?: 'breadth' | 'depth';
  /** Places with one key are one place: whichever is found first. Where it is left out, the name of the tensor. */
  readonly key?: (place: P) => string;
}

/** Goes on to these places as well; tensors that are left out ('') are none. */
export type Go<P> = (places: Iterable<P>) => undefined;

const nameOf = (place: Place): string => (typeof place === 'string' ? place : place.name);

/** Visits places until a visit gives something, which is the result; undefined where none does. */
export function walk<P extends Place, R>(
  graph: Walkable,
  starts: readonly P[],
  options: WalkOptions<P, R>,
  visit: (place: P, go: Go<P>) => R | undefined,
): R | undefined {
  const { limit = Number.POSITIVE_INFINITY, key = nameOf, order } = options;
  const known = new Set<string>();
  const agenda: P[] = [];
  const go: Go<P> = (places) => {
    for (const place of places) {
      const own = key(place);
      if (nameOf(place) === '' || known.has(own)) continue;
      known.add(own);
      agenda.push(place);
    }
    return undefined;
  };
  go(starts);
  for (let taken = 0; order === 'depth' ? agenda.length > 0 : taken < agenda.length; taken++) {
    if (known.size >= limit) return options.atLimit;
    graph.spend();
    const found = visit((order === 'depth' ? agenda.pop() : agenda[taken]) as P, go);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A walk from tensors to what they are made from: each visit sees the node that makes the place, undefined at an input or weight. */
export function walkUp<P extends Place, R>(
  graph: Walkable,
  starts: readonly P[],
  options: WalkOptions<P, R>,
  visit: (node: OnnxNode | undefined, place: P, go: Go<P>) => R | undefined,
): R | undefined {
  return walk(graph, starts, options, (place, go) => visit(graph.maker(nameOf(place)), place, go));
}

/** A walk from tensors to what is made from them: each visit sees one reader of the place. */
export function walkDown<P extends Place, R>(
  graph: Walkable,
  starts: readonly P[],
  options: WalkOptions<P, R>,
  visit: (reader: Reader, place: P, go: Go<P>) => R | undefined,
): R | undefined {
  return walk(graph, starts, options, (place, go) => {
    for (const reader of graph.readers(nameOf(place))) {
      graph.spend();
      const found = visit(reader, place, go);
      if (found !== undefined) return found;
    }
    return undefined;
  });
}

/** All tensors that are known of when a walk from these ends, themselves included, in the order in which they were found. */
export function reached(graph: Walkable, starts: readonly string[], options: WalkOptions<string>, next: (name: string) => Iterable<string>): Set<string> {
  const found = new Set(starts);
  walk(graph, starts, options, (name, go) => {
    const names = [...next(name)].filter((one) => one !== '');
    for (const one of names) found.add(one);
    return go(names);
  });
  found.delete('');
  return found;
}
