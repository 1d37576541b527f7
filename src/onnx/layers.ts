// From sites in order of computation to towers, kinds and layers, and the activations of each layer around its attention.

import type { Activation, Kind, Tower } from '../core/names';
import { enqueue } from './enqueue';
import { readFeedForward } from './feedForward';
import { findProjection, findResidual, type Joined } from './followOutput';
import type { FoundSite } from './foundSite';
import type { Graph } from './graph';
import { entryOf } from './linearNodes';
import { entriesOf, isChangedRow } from './norms';
import type { Block, CaptureRef, EndAdd, Linear, RowMap, Site, TensorRef } from './site';
import { haveSameSource } from './sources';
import { type NextAdd, nextAdd, normedForm, plainForm, relationTo, type StreamAdd, sameNumbers } from './stream';

/** A found site with its way into the residual stream. */
interface Followed {
  readonly found: FoundSite;
  readonly kind: Kind;
  /** The whole map from the heads to attn_out. */
  readonly linear?: Linear;
  readonly attnOut?: TensorRef;
  readonly between?: string;
  readonly joined?: Joined;
  readonly next?: NextAdd;
  /** True where the next addition is that of another attention. */
  readonly nextIsAttention?: boolean;
}

function follow(graph: Graph, found: FoundSite): Followed {
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
  const isAlone = first !== undefined && isOnlyWay(graph, first);
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
    ...(joined && { joined }),
    ...(next && { next }),
  };
}

/** Whether the heads enter no other linear layer: what they add to the stream may come by several ways, which only the stream tells. */
function isOnlyWay(graph: Graph, first: Linear): boolean {
  const readers = graph.readers(entryOf(graph, first)).filter(({ node, slot }) => graph.linearSlot(node) === slot);
  return readers.length <= 1;
}

/** Streams are told apart by the additions that link one site to the next. */
class Streams {
  private readonly owners = new Map<string, number>();
  private count = 0;

  constructor(private readonly graph: Graph) {}

  private find(tensor: string, depth = 0): number | undefined {
    const form = plainForm(this.graph, tensor);
    const known = this.owners.get(form);
    if (known !== undefined || depth > 12) return known;
    for (const { entry } of entriesOf(this.graph, form)) {
      const owner = this.owners.get(plainForm(this.graph, entry));
      if (owner !== undefined) return owner;
    }
    const inner = entriesOf(this.graph, form).at(-1)?.entry;
    if (inner !== undefined) return this.find(inner, depth + 1);
    const node = this.graph.maker(form);
    if (node?.op !== 'Add') return undefined;
    for (const name of this.graph.contentInputs(node)) {
      const owner = this.find(name, depth + 1);
      if (owner !== undefined) return owner;
    }
    return undefined;
  }

  /** The stream that this site reads and writes. */
  of(site: Followed): number {
    const { graph } = this;
    if (!site.joined) return this.without(site);
    const { skip, add } = site.joined;
    const owner = this.find(skip) ?? this.count++;
    const tensors = [skip, add.sum, add.normed, site.next?.skip, site.next?.add.sum, site.next?.add.normed];
    for (const name of tensors) if (name !== undefined) this.owners.set(plainForm(graph, name), owner);
    return owner;
  }

  /** Without a residual stream: by the inputs that the queries depend on. */
  private without(site: Followed): number {
    const before = this.graph.ancestors(site.found.querySource);
    const key = `inputs ${this.graph.model.inputs
      .filter((input) => before.has(input.name))
      .map((input) => input.name)
      .join()}`;
    const owner = this.owners.get(key) ?? this.count++;
    this.owners.set(key, owner);
    return owner;
  }
}

/** Whether the feed-forward part runs beside the attention: nothing of the layer follows their sum. */
function isParallel(site: Followed): boolean {
  const isLast = site.next === undefined || site.nextIsAttention === true;
  return site.next?.isParallel === true || (isLast && site.joined?.residual.addedIs === 'attn_out + mlp_out');
}

/** What the feed-forward part of the layer starts from. */
function middle(site: Followed): CaptureRef | undefined {
  const { joined, next } = site;
  if (!joined || isParallel(site)) return undefined;
  return next?.relation === 'normed' ? [joined.asRows(next.skip)] : [joined.residual.sum];
}

/**
 * Whether it is known what follows the attention's sum: another addition, or, where the layer ends there, a norm that is the next one's, or
 * nothing but linear layers.
 */
function knowsWhatFollows(graph: Graph, site: Followed, form: Block['form']): boolean {
  const { joined, next } = site;
  if (next || !joined || (form !== 'no norm' && form !== 'post-norm')) return true;
  return form === 'no norm' && graph.readers(joined.add.sum).every(({ node }) => graph.linearSlot(node) !== undefined);
}

/** The norm between the sum and the middle, where there is one. */
function midNorm({ joined, next }: Followed): { readonly midNorm?: RowMap } {
  return joined && next?.relation === 'normed' ? { midNorm: { from: joined.add.sum, to: next.skip } } : {};
}

function formOf(graph: Graph, site: Followed): Block['form'] {
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
  const seen = new Set([query]);
  const queue = [query];
  for (let name = queue.pop(); name !== undefined && seen.size < 400; name = queue.pop()) {
    if (plainForm(graph, name) === target) continue;
    if (entriesOf(graph, name).some(({ entry }) => plainForm(graph, entry) === target && isChangedRow(graph, entry, name))) return true;
    const node = graph.maker(name);
    if (!node || graph.isProduct(node)) continue;
    for (const input of graph.contentInputs(node)) enqueue(input, seen, queue);
  }
  return false;
}

function siteOf(site: Followed, place: { readonly tower: Tower; readonly layer: number; readonly hasOwnMiddle: boolean }): Site {
  const { found, linear, joined, between } = site;
  const mid = place.hasOwnMiddle && site.next ? middle(site) : undefined;
  const attnOut = site.attnOut && [site.attnOut];
  const hides = between !== undefined;
  const absent: Partial<Record<Activation, string>> = { ...found.absent };
  if (!attnOut)
    absent.attn_out = absent.result = found.isRecurrent ? 'this attention has no output projection' : 'no output projection was found after the head mix';
  if (hides) absent.result = `${between} stands between the heads and ${joined && !linear ? 'what the attention adds to the stream' : 'the output projection'}`;
  const { at, querySource, keySource, valueSource, mixed, maskTensors, outputProjection, captures, absent: ownAbsent, ...rest } = found;
  void [at, querySource, keySource, valueSource, mixed, maskTensors, outputProjection, ownAbsent];
  return {
    tower: place.tower,
    layer: place.layer,
    kind: site.kind,
    ...rest,
    nodes: [...rest.nodes, ...(linear?.nodes ?? [])],
    captures: { ...captures, ...(attnOut && { attn_out: attnOut }), ...(mid && { resid_mid: mid }) },
    absent,
    ...(linear && !hides && { outputProjection: linear }),
    ...(joined && { residual: { ...joined.residual, ...midNorm(site) } }),
  };
}

const changed = 'more is done to the stream after this layer';
const unread = 'what is done to the stream after the attention is not read';

/**
 * The last layer of a stream is like the others: where more is done after those, it is not known what leaves this one, unless a norm that
 * is written like the one in its middle ends it.
 */
function likeTheOthers(block: Block, index: number, blocks: readonly Block[]): Block {
  const before = blocks[index - 1];
  const isLike = !block.endNorm && before?.tower === block.tower && before.form === block.form && before.absent.resid_post === changed;
  if (!isLike || !block.captures.resid_post) return block;
  const { resid_post, ...captures } = block.captures;
  void resid_post;
  return { ...block, captures, absent: { ...block.absent, resid_post: changed } };
}

/** Activations of a layer: from its first attention's stream to what leaves it. */
function blockOf(graph: Graph, sites: readonly Followed[], place: { readonly tower: Tower; readonly layer: number; readonly following?: Followed }): Block {
  const first = sites[0] as Followed;
  const last = sites.at(-1) as Followed;
  const captures: Partial<Record<Activation, CaptureRef>> = {};
  const absent: Partial<Record<Activation, string>> = {};
  const form = formOf(graph, first);
  const none = 'where the attention output joins the residual stream was not found';
  const stream = first.joined?.residual.skip;
  if (stream) captures.resid_pre = [stream];
  else absent.resid_pre = none;
  const isKnown = knowsWhatFollows(graph, last, form);
  const mid = sites.length === 1 && !last.nextIsAttention && isKnown ? middle(first) : undefined;
  if (mid) captures.resid_mid = mid;
  else if (form === 'parallel') absent.resid_mid = 'attention and feed-forward part run side by side';
  else if (last.nextIsAttention) absent.resid_mid = 'the layer has no feed-forward part';
  else if (!isKnown) absent.resid_mid = unread;
  else absent.resid_mid = sites.length > 1 ? 'a layer with two attentions has one for each kind' : none;
  const next = last.nextIsAttention ? undefined : last.next;
  const end = next?.add ?? last.joined?.add;
  const leadsOn = end !== undefined && place.following !== undefined && entersNext(graph, end, form, place.following);
  const isChanged = end !== undefined && !leadsOn && (place.following ? place.following.joined !== undefined : nextAdd(graph, end) !== undefined);
  const like = form === 'post-norm' ? midNorm(last).midNorm : undefined;
  const post = isChanged
    ? changed
    : !isKnown && form === 'no norm'
      ? unread
      : (afterLayer(graph, last.joined, end, { form, following: place.following, like }) ?? none);
  if (typeof post === 'string') absent.resid_post = post;
  else captures.resid_post = post;
  const feedForward = readFeedForward(graph, last.joined, next, form);
  return {
    tower: place.tower,
    layer: place.layer,
    captures: { ...captures, ...feedForward.captures },
    absent: { ...absent, ...feedForward.absent },
    form,
    leadsOn,
    ...(feedForward.map && feedForward.added && !next && { scaledMlpOut: { tensor: feedForward.added, map: feedForward.map } }),
    ...(feedForward.down && { down: feedForward.down }),
    ...(feedForward.activation && { activation: feedForward.activation }),
    ...(last.joined && next && { end: endOf(graph, last.joined, next, feedForward.map) }),
    ...(form === 'post-norm' && end && captures.resid_post?.[0] && { endNorm: { from: end.sum, to: captures.resid_post[0].tensor } }),
  };
}

function endOf(graph: Graph, { asRows }: Joined, { skip, added, add }: NextAdd, map: RowMap | undefined): EndAdd {
  const withBias = add.bias === undefined ? added : graph.model.sides.add({ op: 'Add', inputs: [added, add.bias] }, graph.types.get(added));
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

interface Place {
  readonly stream: number;
  layer: number;
  readonly site: Followed;
}

/** Layers of one stream: an attention of a kind that the layer has already begins the next one. */
function numbered(sites: readonly { readonly stream: number; readonly site: Followed }[]): Place[] {
  const kinds = new Map<number, Set<Kind>>();
  const layers = new Map<number, number>();
  return sites.map(({ stream, site }) => {
    const present = kinds.get(stream);
    const isNew = present === undefined || present.has(site.kind) || (site.kind === 'self' && present.has('cross'));
    if (isNew) {
      layers.set(stream, (layers.get(stream) ?? -1) + 1);
      kinds.set(stream, new Set([site.kind]));
    } else present.add(site.kind);
    return { stream, layer: layers.get(stream) as number, site };
  });
}

export interface Layers {
  readonly sites: readonly Site[];
  readonly blocks: readonly Block[];
  /** The found site behind each site, in the same order. */
  readonly found: readonly FoundSite[];
}

/** Towers, layers and kinds of the sites, and the blocks around them. */
export function arrangeLayers(graph: Graph, founds: readonly FoundSite[]): Layers {
  const first = founds.map((found) => follow(graph, found));
  const adds = new Set(first.flatMap((site) => (site.joined ? [site.joined.add.node] : [])));
  const followed = first.map(
    (site): Followed => ({ ...site, nextIsAttention: site.next !== undefined && adds.has(site.next.add.node) && site.next.add.node !== site.joined?.add.node }),
  );
  const streams = new Streams(graph);
  const places = numbered(followed.map((site) => ({ stream: streams.of(site), site })));
  const decoders = new Set(places.filter(({ site }) => site.kind === 'cross').map(({ stream }) => stream));
  const towerOf = (stream: number): Tower => (decoders.has(stream) ? 'decoder' : 'encoder');
  // Further streams of the same kind go on counting, so that no two sites have one name.
  const offsets = new Map<number, number>();
  const heights: Record<Tower, number> = { encoder: 0, decoder: 0 };
  for (const { stream } of places) {
    if (offsets.has(stream)) continue;
    const tower = towerOf(stream);
    offsets.set(stream, heights[tower]);
    heights[tower] += 1 + Math.max(...places.filter((place) => place.stream === stream).map((place) => place.layer));
  }
  for (const place of places) place.layer += offsets.get(place.stream) as number;
  const inLayer = (place: Place) => places.filter((other) => other.stream === place.stream && other.layer === place.layer);
  const sites = places.map((place) => siteOf(place.site, { tower: towerOf(place.stream), layer: place.layer, hasOwnMiddle: inLayer(place).length > 1 }));
  const blocks = places
    .filter((place) => inLayer(place)[0] === place && !place.site.found.isRecurrent)
    .map((place) => {
      const following = places.find((other) => other.stream === place.stream && other.layer === place.layer + 1)?.site;
      return blockOf(
        graph,
        inLayer(place).map((one) => one.site),
        { tower: towerOf(place.stream), layer: place.layer, ...(following && { following }) },
      );
    })
    .map(likeTheOthers);
  return { sites, blocks, found: places.map((place) => place.site.found) };
}
