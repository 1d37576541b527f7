// A capture of a mutant held against plain runs of its files, in the ways in which it may be right.

import type { Tensors } from '../compare';
import type { Found } from './findByValue';
import { type Truth, truthOf, type Wrong, wrongIn } from './judgeMutant';
import type { Mutation } from './mutation';
import type { OnnxGraph } from './onnxGraph';
import type { RunOptions } from './plainRun';
import type { Subject } from './subject';

export type Verdict =
  | 'refused'
  | 'verified and right'
  /** Not verified, and no number is off but those that the checks name as not vouched for. */
  | 'not verified'
  /** Numbers are off, under a badge that does not say verified. */
  | 'off, not verified'
  | 'WRONG'
  /** The runtime computes other numbers when it may rewrite the graph, and the capture has these. */
  | 'the runtime differs'
  /** An attention that is no more is left out, and the layers behind it have its number; else all is right. */
  | 'layers counted anew'
  /** Accepted, but the runtime does not run the plain file. */
  | 'no truth';

export interface Held {
  readonly wrong: readonly Wrong[];
  readonly compared: number;
  readonly apart?: Verdict;
}

const idsAndPositions = ['input_ids', 'position_ids', 'token_type_ids'];

/** How the mutant may be fed; some files run only after the runtime has rewritten them. */
function feedsOf({ otherFeeds }: Mutation, files: Iterable<string>): readonly RunOptions[] {
  const others: Readonly<Record<string, readonly RunOptions[]>> = {
    mask: [...files].map((turnedMaskOf) => ({ turnedMaskOf })),
    inputs: idsAndPositions.map((left) => ({ exchanged: idsAndPositions.filter((name) => name !== left) })),
  };
  return [{}, ...(others[otherFeeds ?? ''] ?? []), { level: 'all' }];
}

/** What is off in the likeliest of the readings that count, or in none. Throws where the mutant cannot be run in any way. */
export async function heldAgainstTruth(
  { entry, found, one }: Subject,
  graphs: ReadonlyMap<string, OnnxGraph>,
  mutation: Mutation,
  tensors: Tensors,
): Promise<Held> {
  let first: (Held & { readonly truth: Truth }) | undefined;
  let failure: unknown;
  for (const options of feedsOf(mutation, graphs.keys())) {
    try {
      const truth = await truthOf(graphs, found, mutation, one, options);
      const judged = wrongIn(tensors, truth, mutation, entry);
      if (judged.wrong.length === 0) return options.level && first ? { ...judged, apart: 'the runtime differs' } : judged;
      first ??= { ...judged, truth };
    } catch (error) {
      failure ??= error;
    }
  }
  if (!first) throw failure;
  for (const renamed of countedAnew(tensors, found)) {
    const anew = wrongIn(renamed, first.truth, { ...mutation, leavesOpen: [...(mutation.leavesOpen ?? []), ...ofTheBlock] }, entry);
    if (anew.wrong.length === 0 && anew.compared > 0) return { ...anew, apart: 'layers counted anew' };
  }
  return first;
}

/** Where a block begins and ends is another question once one has lost its attention. */
const ofTheBlock = ['resid_pre', 'resid_mid', 'resid_post', 'mlp_pre', 'mlp_post', 'mlp_out'];

const layersIn = (keys: Iterable<string>, tower: string) =>
  new Set([...keys].flatMap((key) => (key.startsWith(`${tower}.`) ? (/^\w+\.(\d+)\./.exec(key)?.[1] ?? []) : [])));

/** The captures with one layer more in front of each later one, for towers that have fewer layers than before: an attention that is no more is not counted. */
function countedAnew(tensors: Tensors, found: readonly Found[]): Tensors[] {
  const known = found.map(({ key }) => key);
  return ['encoder', 'decoder'].flatMap((tower) => {
    const layers = layersIn(tensors.keys(), tower);
    if (layers.size >= layersIn(known, tower).size) return [];
    const moved = (key: string, from: number) =>
      key.replace(/^(\w+)\.(\d+)\./, (all, name, layer) => (name === tower && Number(layer) >= from ? `${name}.${Number(layer) + 1}.` : all));
    return [...layers, String(layers.size)].map((from) => new Map([...tensors].map(([key, tensor]) => [moved(key, Number(from)), tensor])));
  });
}
