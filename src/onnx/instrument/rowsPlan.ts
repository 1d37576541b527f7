// What has to be seen so that row t of every site's queries, keys and values is known to be token t: the stream is cut wherever an
// attention reads or leaves it, and each piece between two cuts is looked at on its own. Names only; the pieces are run elsewhere.

import { siteName } from '../../core/names';
import type { CaptureRef, TensorRef } from '../facts/captures';
import type { GraphFacts } from '../facts/graphFacts';
import type { Site } from '../facts/site';
import type { OnnxModel } from '../file/model';
import { graphOf } from '../graph/graphOf';
import { recurrentOps } from '../graph/operations';
import { streamAddAt } from '../stream/stream';
import { addSlice, emptySlice, type Slice, sliceOf } from './rowsSlice';

export type RowsOf = 'queries' | 'keys' | 'values' | 'rows of the stream' | 'ids';

/** Tensors whose rows are made from the rows of the cuts that their piece comes to. */
export interface RowTarget {
  readonly name: string;
  readonly rowsOf: RowsOf;
  /** Rows are counted by `q` (or `t`), or by `k`. */
  readonly ref: CaptureRef;
  readonly sources: readonly string[];
  /** States of a recurrent layer: that at a token reads the tokens up to it, or from it on. */
  readonly isState?: boolean;
  /** Why its piece tells nothing. */
  readonly blocked?: string;
}

export interface RowsPlan {
  /** Tensors with one row `t` per token, at which the graph is cut. */
  readonly cuts: ReadonlyMap<string, TensorRef>;
  /** Sums of the stream and what they have row by row from the operation itself: Add, or the fused Add + norm. */
  readonly before: ReadonlyMap<string, string>;
  readonly targets: ReadonlyMap<string, RowTarget>;
  /** All pieces together. */
  readonly slice: Slice;
}

interface Cuts {
  readonly refs: Map<string, TensorRef>;
  readonly before: Map<string, string>;
}

function addStream({ refs, before }: Cuts, skip: TensorRef, sum: TensorRef): void {
  refs.set(skip.tensor, skip);
  refs.set(sum.tensor, sum);
  before.set(sum.tensor, skip.tensor);
}

function streamCuts(model: OnnxModel, facts: GraphFacts): Cuts {
  const cuts: Cuts = { refs: new Map(), before: new Map() };
  for (const { residual } of facts.sites) if (residual) addStream(cuts, residual.skip, residual.sum);
  for (const { end } of facts.blocks) if (end) addStream(cuts, end.skip, end.sum);
  const graph = graphOf(model);
  for (const node of model.nodes) {
    const add = streamAddAt(graph, node);
    const sum = add && cuts.refs.get(add.sum);
    if (!sum || add.normed === undefined) continue;
    cuts.refs.set(add.normed, { ...sum, tensor: add.normed });
    cuts.before.set(add.normed, add.sum);
  }
  return cuts;
}

/** Where the text comes in: rows of the token table; the ids themselves where no table is known; states of another file. */
function entryCuts(facts: GraphFacts): TensorRef[] {
  const { lookups } = facts;
  const isOpen = (name: string) => !lookups.some((lookup) => lookup.ids === name);
  const ids = facts.inputs.filter(({ role, name }) => (role === 'tokenIds' || role === 'decoderTokenIds') && isOpen(name));
  const states = facts.inputs.filter(({ role }) => role === 'encoderStates');
  return [
    ...lookups.map((lookup) => lookup.rows),
    ...ids.map(({ name }) => ({ tensor: name, axes: '*t' })),
    ...states.map(({ name }) => ({ tensor: name, axes: '*td' })),
  ];
}

/** All states of recurrent layers: [token, direction, 1, width], or [1, token, direction, width]. */
function stateCuts(model: OnnxModel): TensorRef[] {
  const layers = model.nodes.filter((node) => recurrentOps.has(node.op) && node.outputs[0]);
  return layers.map((node) => ({ tensor: node.outputs[0] as string, axes: node.attributes.get('layout')?.int === 1 ? '1t*d' : 't*1d' }));
}

type Wanted = Pick<RowTarget, 'name' | 'rowsOf' | 'ref' | 'isState'>;

export const partsOf = (site: Site): readonly Wanted[] => {
  const { q, k, v, rot_q, rot_k } = site.captures;
  const named = (rowsOf: RowsOf, ref: CaptureRef | undefined) => (ref ? [{ name: `${siteName(site)} ${rowsOf}`, rowsOf, ref }] : []);
  return [...named('queries', q ?? rot_q), ...named('keys', k ?? rot_k), ...named('values', v)];
};

/** `handedOn`: the output by which another file gets the states of this text. */
export function rowsPlan(model: OnnxModel, facts: GraphFacts, handedOn: string | undefined): RowsPlan {
  const graph = graphOf(model);
  const { refs, before } = streamCuts(model, facts);
  const entries = entryCuts(facts);
  for (const entry of entries) refs.set(entry.tensor, entry);
  const states = stateCuts(model);
  for (const state of states) refs.set(state.tensor, state);
  const isState = (tensor: string) => states.some((state) => state.tensor === tensor);
  const isEntry = (tensor: string) => entries.some((entry) => entry.tensor === tensor);
  const streams = [...refs.values()].filter(({ tensor }) => !before.has(tensor) && !isEntry(tensor));
  const stream = (ref: TensorRef): Wanted => ({
    name: ref.tensor,
    rowsOf: 'rows of the stream',
    ref: [ref],
    ...(isState(ref.tensor) && { isState: true }),
  });
  const wanted: Wanted[] = [
    ...facts.sites.flatMap(partsOf),
    ...streams.map(stream),
    ...(handedOn === undefined || refs.has(handedOn) ? [] : [stream({ tensor: handedOn, axes: '*td' })]),
    ...facts.lookups.map(({ indices }) => ({ name: `ids ${indices}`, rowsOf: 'ids' as const, ref: [{ tensor: indices, axes: '*' }] })),
  ];
  const slice = emptySlice();
  const targets = new Map<string, RowTarget>();
  for (const one of wanted) {
    const own = sliceOf(
      graph,
      (tensor) => refs.has(tensor),
      one.ref.map(({ tensor }) => tensor),
    );
    if (typeof own === 'string') targets.set(one.name, { ...one, sources: [], blocked: own });
    else {
      targets.set(one.name, { ...one, sources: [...own.sources] });
      addSlice(slice, own);
    }
  }
  return { cuts: refs, before, targets, slice };
}
