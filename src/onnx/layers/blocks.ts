// The activations of a layer around its attention: from the stream that enters it to what leaves it.

import type { Activation, Tower } from '../../core/names';
import type { Block, EndAdd } from '../facts/block';
import type { CaptureRef, RowMap } from '../facts/captures';
import type { Graph } from '../graph/graph';
import { plainForm, sameNumbers } from '../stream/forms';
import { type NextAdd, nextAdd } from '../stream/nextAdd';
import { normedForm } from '../stream/normedForm';
import { formsOf, relationTo, type StreamAdd } from '../stream/stream';
import { isAddedTo, isDeadEnd } from '../stream/streamWays';
import { readFeedForward } from './feedForward';
import { type Followed, formOf, knowsWhatFollows, middle, midNorm } from './followedSite';
import type { Joined } from './joinStream';

const changed = 'more is done to the stream after this layer';

const notJoined = 'where the attention output joins the residual stream was not found';
const lost = 'an attention before it in this layer is not read';
const oneOfMore = 'more than one part is added to the stream after the attention';
const unread = 'what is done to the stream after the attention is not read';

/**
 * The last layer of a stream is like the others: where more is done after those, it is not known what leaves this one, unless a norm that
 * is written like the one in its middle ends it.
 */
export function likeTheOthers(block: Block, index: number, blocks: readonly Block[]): Block {
  const before = blocks[index - 1];
  const isLike = !block.endNorm && before?.tower === block.tower && before.form === block.form && before.absent.resid_post === changed;
  if (!isLike || !block.captures.resid_post) return block;
  const { resid_post, ...captures } = block.captures;
  void resid_post;
  return { ...block, captures, absent: { ...block.absent, resid_post: changed } };
}

type Found = CaptureRef | string;

/** resid_mid, or why there is none. */
function middleOf(sites: readonly Followed[], form: Block['form'], isKnown: boolean): Found {
  const last = sites.at(-1) as Followed;
  const mid = sites.length === 1 && !last.nextIsAttention && isKnown ? middle(last) : undefined;
  if (mid) return mid;
  if (form === 'parallel') return 'attention and feed-forward part run side by side';
  if (last.nextIsAttention) return 'the layer has no feed-forward part';
  if (!isKnown) return unread;
  return sites.length > 1 ? 'a layer with two attentions has one for each kind' : notJoined;
}

interface Ending {
  readonly form: Block['form'];
  readonly following: Followed | undefined;
  readonly isKnown: boolean;
  readonly leadsOn: boolean;
}

/** Whether anything joins the stream behind this addition, in a way that is read or not, or the stream goes on from elsewhere. */
const isNotTheEnd = (graph: Graph, end: StreamAdd) => nextAdd(graph, end) !== undefined || isAddedTo(graph, formsOf(end)) || isDeadEnd(graph, formsOf(end));

/** resid_post, or why there is none. */
function afterOf(graph: Graph, last: Followed, end: StreamAdd | undefined, { form, following, isKnown, leadsOn }: Ending): Found {
  const isChanged = end !== undefined && !leadsOn && (following ? following.joined !== undefined : isNotTheEnd(graph, end));
  if (isChanged) return changed;
  if (!isKnown && form === 'no norm') return unread;
  const like = form === 'post-norm' ? midNorm(last).midNorm : undefined;
  return afterLayer(graph, last.joined, end, { form, following, like }) ?? notJoined;
}

/** Captures where something was found, reasons where not. */
function sorted(found: Readonly<Partial<Record<Activation, Found>>>): Pick<Block, 'captures' | 'absent'> {
  const captures: Partial<Record<Activation, CaptureRef>> = {};
  const absent: Partial<Record<Activation, string>> = {};
  for (const [name, one] of Object.entries(found)) {
    if (typeof one === 'string') absent[name as Activation] = one;
    else captures[name as Activation] = one;
  }
  return { captures, absent };
}

/** Activations of a layer: from its first attention's stream to what leaves it. */
export function blockOf(
  graph: Graph,
  sites: readonly Followed[],
  { tower, layer, following, lacksFirst }: { readonly tower: Tower; readonly layer: number; readonly following?: Followed; readonly lacksFirst?: boolean },
): Block {
  const [first, last] = [sites[0], sites.at(-1)] as [Followed, Followed];
  const form = formOf(graph, first);
  const next = last.nextIsAttention ? undefined : last.next;
  const end = next?.add ?? last.joined?.add;
  const leadsOn = end !== undefined && following !== undefined && entersNext(graph, end, form, following);
  const isKnown = knowsWhatFollows(graph, last, form);
  const stream = first.joined?.residual.skip;
  const resid_post = afterOf(graph, last, end, { form, following, isKnown, leadsOn });
  const own = sorted({ resid_pre: lacksFirst ? lost : stream ? [stream] : notJoined, resid_mid: middleOf(sites, form, isKnown), resid_post });
  const { captures, absent, map, added, down, activation } = readFeedForward(graph, last.joined, next, form);
  const post = own.captures.resid_post?.[0];
  // A branch without an activation function that is not the last thing added is hardly the feed-forward part.
  const isFollowed = next !== undefined && captures.mlp_post === undefined && isFollowedByMore(graph, next.add, following);
  return {
    tower,
    layer,
    captures: { ...own.captures, ...(!isFollowed && captures) },
    absent: { ...own.absent, ...(isFollowed ? { mlp_pre: oneOfMore, mlp_post: oneOfMore, mlp_out: oneOfMore } : absent) },
    form,
    leadsOn,
    ...(map && added && !next && { scaledMlpOut: { tensor: added, map } }),
    ...(down && !isFollowed && { down }),
    ...(activation && { activation }),
    ...(last.joined && next && { end: endOf(graph, last.joined, next, map) }),
    ...(form === 'post-norm' && end && post && { endNorm: { from: end.sum, to: post.tensor } }),
  };
}

/** Whether more than the next layer's attention is added to the stream after this addition: then it is not the last of its layer. */
function isFollowedByMore(graph: Graph, end: StreamAdd, following: Followed | undefined): boolean {
  const after = nextAdd(graph, end);
  return after !== undefined && (following === undefined || (following.joined !== undefined && following.joined.add.node !== after.add.node));
}

function endOf(graph: Graph, { asRows }: Joined, { skip, added, add }: NextAdd, map: RowMap | undefined): EndAdd {
  const withBias = add.bias === undefined ? added : graph.sides.add({ op: 'Add', inputs: [added, add.bias] }, graph.types.get(added));
  return { skip: asRows(skip), added: asRows(withBias), sum: asRows(add.sum), ...(map && { map }) };
}

/** Whether the next layer's stream is what this addition ends with: after its norm in post-norm blocks, as it is in others. */
function entersNext(graph: Graph, end: StreamAdd, form: Block['form'], following: Followed): boolean {
  const skip = following.joined?.skip;
  if (skip === undefined) return false;
  return form === 'post-norm' ? relationTo(graph, skip, end) === 'normed' : sameNumbers(graph, skip) === sameNumbers(graph, end.sum);
}

interface After {
  readonly form: Block['form'];
  readonly following: Followed | undefined;
  /** What stands in the place of the norm in the middle of the layer. */
  readonly like: RowMap | undefined;
}

/** What leaves the layer; a reason where that is not what enters the next one. */
function afterLayer(graph: Graph, joined: Joined | undefined, end: StreamAdd | undefined, { form, following, like }: After): CaptureRef | string | undefined {
  if (!joined || !end) return undefined;
  if (form !== 'post-norm') return [joined.asRows(end.sum)];
  const skip = following?.joined?.skip;
  if (skip && relationTo(graph, skip, end) === 'normed') return [joined.asRows(skip)];
  const normed = normedForm(graph, end, like);
  if (skip && normed !== undefined && plainForm(graph, skip) !== plainForm(graph, normed) && graph.isMadeFrom(skip, normed))
    return 'the stream is changed once more between this layer and the next';
  return normed === undefined ? undefined : [joined.asRows(normed)];
}
