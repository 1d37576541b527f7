// From sites in order of computation to towers, kinds and layers.

import type { Activation, Kind, Tower } from '../../core/names';
import type { Block } from '../facts/block';
import type { FoundSite } from '../facts/foundSite';
import type { Site } from '../facts/site';
import type { Graph } from '../graph/graph';
import { plainForm } from '../stream/forms';
import { entriesOf } from '../stream/norms';
import { blockOf, likeTheOthers } from './blocks';
import { type Followed, follow, leadsToAnother, middle, midNorm } from './followedSite';

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

function whyNoOutput({ found, isUnused }: Followed): string {
  if (found.isRecurrent) return 'this attention has no output projection';
  return isUnused ? 'the model makes nothing of what this attention gives' : 'no output projection was found after the head mix';
}

function arrangedSite(site: Followed, place: { readonly tower: Tower; readonly layer: number; readonly hasOwnMiddle: boolean }): Site {
  const { found, linear, joined, between } = site;
  const mid = place.hasOwnMiddle && site.next ? middle(site) : undefined;
  const attnOut = site.attnOut && [site.attnOut];
  const hides = between !== undefined;
  const absent: Partial<Record<Activation, string>> = { ...found.absent };
  if (!attnOut) absent.attn_out = absent.result = whyNoOutput(site);
  if (hides) absent.result = `${between} stands between the heads and ${joined && !linear ? 'what the attention adds to the stream' : 'the output projection'}`;
  const { at, querySource, keySource, valueSource, mixed, maskTensors, outputProjection, captures, absent: ownAbsent, ...rest } = found;
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
    (site): Followed => ({
      ...site,
      nextIsAttention:
        site.next !== undefined && site.next.add.node !== site.joined?.add.node && (adds.has(site.next.add.node) || leadsToAnother(graph, site, founds)),
    }),
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
  const sites = places.map((place) => arrangedSite(place.site, { tower: towerOf(place.stream), layer: place.layer, hasOwnMiddle: inLayer(place).length > 1 }));
  // A layer that begins with a cross-attention where others of its stream begin with one over their own tokens.
  const lacksFirst = ({ stream, layer, site }: Place) =>
    site.kind === 'cross' &&
    inLayer({ stream, layer, site })[0]?.site === site &&
    places.some((other) => other.stream === stream && other.site.kind === 'self');
  const blocks = places
    .filter((place) => inLayer(place)[0] === place && !place.site.found.isRecurrent)
    .map((place) => {
      const following = places.find((other) => other.stream === place.stream && other.layer === place.layer + 1)?.site;
      return blockOf(
        graph,
        inLayer(place).map((one) => one.site),
        { tower: towerOf(place.stream), layer: place.layer, ...(following && { following }), lacksFirst: lacksFirst(place) },
      );
    })
    .map(likeTheOthers);
  return { sites, blocks, found: places.map((place) => place.site.found) };
}
