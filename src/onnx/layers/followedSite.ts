// One attention with its way into the residual stream: what it adds, what follows it, and in which form the layer is.

import type { Kind } from '../../core/names';
import type { Block } from '../facts/block';
import type { CaptureRef, RowMap, TensorRef } from '../facts/captures';
import type { FoundSite } from '../facts/foundSite';
import type { Linear } from '../facts/linear';
import type { Graph } from '../graph/graph';
import { walkUp } from '../graph/walk';
import { findProjection } from '../sites/followOutput';
import { plainForm } from '../stream/forms';
import { type NextAdd, nextAdd } from '../stream/nextAdd';
import { normedForm } from '../stream/normedForm';
import { entriesOf, isChangedRow } from '../stream/norms';
import { haveSameSource } from '../stream/sources';
import { formsOf } from '../stream/stream';
import { isAddedTo, isDeadEnd } from '../stream/streamWays';
import { entryOf } from '../weights/linearNodes';
import { findResidual, type Joined } from './joinStream';

/** A found site with its way into the residual stream. */
export interface Followed {
  readonly found: FoundSite;
  readonly kind: Kind;
  /** The whole map from the heads to attn_out. */
  readonly linear?: Linear;
  readonly attnOut?: TensorRef;
  readonly between?: string;
  /** True where the model makes nothing of what the heads give. */
  readonly isUnused?: boolean;
  readonly joined?: Joined;
  readonly next?: NextAdd;
  /** True where the next addition is that of another attention. */
  readonly nextIsAttention?: boolean;
}

export function follow(graph: Graph, found: FoundSite): Followed {
  const projected = found.isRecurrent
    ? undefined
    : found.outputProjection
      ? { linear: found.outputProjection, between: undefined, isTokenFirst: false }
      : findProjection(graph, found.mixed);
  const isCross = !haveSameSource(graph, found.querySource, found.keySource);
  const first = projected?.linear;
  const joined = first && findResidual(graph, found, { linear: first, isTokenFirst: projected.isTokenFirst });
  // A head mix that is joined with other states and stays outside any residual stream is that of a recurrent model.
  const isRecurrent = projected?.between === 'another branch' && !joined;
  const isUnused = !joined && isDeadEnd(graph, [first ? entryOf(graph, first) : found.mixed]);
  const isAlone = first !== undefined && isOnlyWay(graph, first) && !isUnused;
  const linear = isRecurrent ? undefined : joined ? joined.linear : isAlone ? first : undefined;
  const attnOut = joined?.attnOut ?? linear?.output;
  const isBent = joined !== undefined && linear === undefined;
  const between = projected?.between ?? (isBent ? 'a gate or an activation function' : undefined);
  const next = joined && nextAdd(graph, joined.add);
  return {
    found: isRecurrent ? { ...found, isRecurrent } : found,
    kind: isCross ? 'cross' : 'self',
    ...(linear && { linear }),
    ...(attnOut && { attnOut }),
    ...(between && { between }),
    ...(isUnused && { isUnused }),
    ...(joined && { joined }),
    ...(next && { next }),
  };
}

/** Whether what is added next is made from the heads of another attention, whether or not it is known how that joins the stream. */
export function leadsToAnother(graph: Graph, { found, joined, next }: Followed, all: readonly FoundSite[]): boolean {
  if (!joined || !next) return false;
  const [from, to] = [joined.add.node.index, next.add.node.index];
  const isBetween = ({ at }: FoundSite) => at.index > from && at.index < to;
  return all.some((other) => other !== found && isBetween(other) && graph.isMadeFrom(next.added, other.mixed));
}

/** Whether the heads enter no other linear layer: what they add to the stream may come by several ways, which only the stream tells. */
function isOnlyWay(graph: Graph, first: Linear): boolean {
  const readers = graph.readers(entryOf(graph, first)).filter(({ node, slot }) => graph.linearSlot(node) === slot);
  return readers.length <= 1;
}

/** Whether the feed-forward part runs beside the attention: nothing of the layer follows their sum. */
export function isParallel(site: Followed): boolean {
  const isLast = site.next === undefined || site.nextIsAttention === true;
  return site.next?.isParallel === true || (isLast && site.joined?.residual.addedIs === 'attn_out + mlp_out');
}

/** What the feed-forward part of the layer starts from. */
export function middle(site: Followed): CaptureRef | undefined {
  const { joined, next } = site;
  if (!joined || isParallel(site)) return undefined;
  return next?.relation === 'normed' ? [joined.asRows(next.skip)] : [joined.residual.sum];
}

/**
 * Whether it is known what follows the attention's sum: another addition, or, where the layer ends there and nothing is added to it in
 * another way, a norm that is the next one's, or nothing but linear layers.
 */
export function knowsWhatFollows(graph: Graph, site: Followed, form: Block['form']): boolean {
  const { joined, next } = site;
  if (joined && !next && (isAddedTo(graph, formsOf(joined.add)) || isDeadEnd(graph, formsOf(joined.add)))) return false;
  if (next || !joined || (form !== 'no norm' && form !== 'post-norm')) return true;
  return form === 'no norm' && graph.readers(joined.add.sum).every(({ node }) => graph.linearSlot(node) !== undefined);
}

/** The norm between the sum and the middle, where there is one. */
export function midNorm({ joined, next }: Followed): { readonly midNorm?: RowMap } {
  return joined && next?.relation === 'normed' ? { midNorm: { from: joined.add.sum, to: next.skip } } : {};
}

export function formOf(graph: Graph, site: Followed): Block['form'] {
  const { joined, next, found } = site;
  if (!joined) return 'unknown';
  if (isParallel(site)) return 'parallel';
  if (joined.residual.addedIs === 'normed attn_out') return 'sandwich norm';
  if (next?.relation === 'normed') return 'post-norm';
  return isNormedStream(graph, found.querySource, joined.skip) ? 'pre-norm' : next ? 'no norm' : normedForm(graph, joined.add) ? 'post-norm' : 'no norm';
}

/** Whether the queries come from a norm of the stream, or from what stands in its place. */
function isNormedStream(graph: Graph, query: string, stream: string): boolean {
  const target = plainForm(graph, stream);
  const found = walkUp(graph, [query], { limit: 400, order: 'depth' }, (node, name, go) => {
    if (plainForm(graph, name) === target) return undefined;
    if (entriesOf(graph, name).some(({ entry }) => plainForm(graph, entry) === target && isChangedRow(graph, entry, name))) return true;
    return node && !graph.isProduct(node) ? go(graph.contentInputs(node)) : undefined;
  });
  return found ?? false;
}
