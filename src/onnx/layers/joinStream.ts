// Where the attention output joins the residual stream, and what it is that is added there.

import type { TensorRef } from '../facts/captures';
import type { FoundSite } from '../facts/foundSite';
import type { Linear } from '../facts/linear';
import type { ResidualAdd } from '../facts/site';
import type { OnnxNode } from '../file/model';
import type { Graph } from '../graph/graph';
import { attentionOps, carriesValues, having } from '../graph/operations';
import { axesAfter } from '../graph/productAxes';
import { walkDown, walkUp } from '../graph/walk';
import { plainForm, sameNumbers } from '../stream/forms';
import { type StreamAdd, streamAddAt } from '../stream/stream';
import { entryOf } from '../weights/linearNodes';
import { wholeMap } from './linearParts';
import { type Peeled, peeled } from './outputMap';

/** Axes of another tensor of the stream: those of the sum, turned where the shapes show its features at the other of the last two places. */
function axesLike(graph: Graph, sum: string, axes: string, tensor: string): string {
  const [one, other] = [sum, tensor].map((name) => graph.shapes.get(name)?.slice(-2) ?? []) as [(number | undefined)[], (number | undefined)[]];
  const [at, to] = [one, other].map((sizes) => sizes.findIndex((size) => size !== undefined));
  const isOneSided = one.filter((size) => size !== undefined).length === 1 && other.filter((size) => size !== undefined).length === 1;
  const isTurned = isOneSided && at !== to && one[at as number] === other[to as number] && /[td][td]$/.test(axes);
  return isTurned ? `${axes.slice(0, -2)}${axes.at(-1)}${axes.at(-2)}` : axes;
}

export interface Joined {
  readonly add: StreamAdd;
  /** The stream before, as the graph names it. */
  readonly skip: string;
  readonly residual: ResidualAdd;
  /** A tensor of the stream as rows [token, width]. */
  readonly asRows: (tensor: string) => TensorRef;
  /** What was added to attn_out before both are added to the stream: the feed-forward part of a parallel block. */
  readonly beside?: string;
  /** What the attention adds, in the form that is called attn_out. */
  readonly attnOut: TensorRef;
  /** The whole map from the heads to attn_out; undefined where it is not linear. */
  readonly linear?: Linear;
}

const between = new Set([
  ...having('layout', 'rounding', 'factor', 'norm'),
  ...['Add', 'Sub', 'Concat', 'Where', 'Pad'],
  // What norms are made of where they are written out.
  ...['Pow', 'ReduceMean', 'ReduceSum', 'Sqrt', 'Reciprocal', 'Abs', 'Max'],
]);

/** Where the attention output goes on the way to the stream. */
interface Way {
  readonly name: string;
  readonly axes: string;
  readonly depth: number;
}

interface Start {
  readonly linear: Linear;
  readonly isTokenFirst: boolean;
}

/**
 * Whether the search goes on through a node: what arranges, scales and norms. With `heads`, whatever goes number by number, and linear
 * layers, as long as nothing comes in that is not made from the heads.
 */
function isOnTheWay(graph: Graph, node: OnnxNode, heads: string | undefined): boolean {
  if (heads === undefined) return between.has(node.op) && graph.linearSlot(node) === undefined;
  const isOwn = () => graph.contentInputs(node).every((name) => graph.isMadeFrom(name, heads));
  return carriesValues(node) && !attentionOps.has(node.op) && !graph.isProduct(node) && isOwn();
}

/** The first addition of the attention output to a tensor that the queries came from. */
export function findResidual(graph: Graph, site: Pick<FoundSite, 'querySource'>, start: Start): Joined | undefined {
  return searched(graph, site, start, undefined) ?? searched(graph, site, start, entryOf(graph, start.linear));
}

function searched(graph: Graph, site: Pick<FoundSite, 'querySource'>, start: Start, heads: string | undefined): Joined | undefined {
  const { linear, isTokenFirst } = start;
  const { tensor, axes } = linear.output;
  const isBefore = (name: string) => graph.isMadeFrom(site.querySource, name) || graph.isMadeFrom(site.querySource, plainForm(graph, name));
  let branch: Joined | undefined;
  const first: Way = { name: tensor, axes: rowAxes(graph, tensor, axes, isTokenFirst), depth: 0 };
  const whole = walkDown(graph, [first], {}, ({ node }, way, go): Joined | undefined => {
    const add = streamAddAt(graph, node);
    const skip = add?.operands.find((name) => name !== way.name);
    if (add && skip !== undefined && add.operands.includes(way.name) && isBefore(skip)) {
      const found = joinedAt(graph, add, { skip, way, linear });
      if (isWholeStream(graph, site.querySource, skip)) return found;
      branch ??= found;
    }
    if (!isOnTheWay(graph, node, heads) || way.depth >= 16) return undefined;
    const own = axesAfter(node, way.axes, graph.rank(way.name)) ?? '*td';
    const outputs = heads === undefined ? node.outputs.slice(0, 1) : node.outputs;
    return go(outputs.map((name) => ({ name, axes: rowAxes(graph, name, own, isTokenFirst && node.op !== 'Transpose'), depth: way.depth + 1 })));
  });
  return whole ?? branch;
}

/** Whether everything that the queries are made from comes through this tensor, or with it from one operator: a mere branch of the stream does not carry all. */
function isWholeStream(graph: Graph, query: string, skip: string): boolean {
  const form = plainForm(graph, skip);
  const end = graph.maker(form);
  const first = end?.index ?? -1;
  const around = walkUp(graph, [query], { order: 'depth' }, (node, name, go) => {
    if (name === form || (end !== undefined && node === end)) return undefined;
    return !node || node.index < first ? true : go(graph.contentInputs(node));
  });
  return around === undefined;
}

function joinedAt(graph: Graph, add: StreamAdd, found: { readonly skip: string; readonly way: Way; readonly linear: Linear }): Joined {
  const { skip, way, linear } = found;
  const added = way.name;
  const axes = /^\*?[1td]+$/.test(way.axes) && way.axes.includes('t') ? way.axes : '*td';
  const asRows = (tensor: string): TensorRef => ({ tensor, axes: axesLike(graph, add.sum, axes, tensor) });
  const part = peeled(graph, added, { output: linear.output.tensor, heads: entryOf(graph, linear) });
  const addedIs = howAdded(graph, added, part);
  const isSumOfTwo = addedIs === 'attn_out + mlp_out' && part.besides.length === 1 && !part.scale && add.bias === undefined;
  const withBias = add.bias === undefined ? added : graph.sides.add({ op: 'Add', inputs: [added, add.bias] }, graph.types.get(added));
  const output =
    part.tensor === linear.output.tensor ? linear.output : { tensor: part.tensor, axes: graph.rank(part.tensor) === graph.rank(added) ? axes : '*td' };
  const own = output === linear.output ? linear : wholeMap(graph, linear, entryOf(graph, linear), output);
  const isBiased = add.bias !== undefined && addedIs === 'attn_out';
  const attnOut = isBiased ? asRows(withBias) : output;
  return {
    add,
    skip,
    asRows,
    residual: { skip: asRows(skip), added: asRows(withBias), sum: asRows(add.sum), addedIs, ...(part.besides.length === 0 && attentionMap(part, added)) },
    ...(isSumOfTwo && { beside: part.besides[0] as string }),
    attnOut,
    ...(own && { linear: isBiased ? { ...own, output: attnOut } : own }),
  };
}

/** The norm or the factors between attn_out and what is added. */
function attentionMap({ tensor, norm, scale }: Peeled, added: string): Pick<ResidualAdd, 'map'> {
  return norm || scale ? { map: { from: tensor, to: added } } : {};
}

/** What is added where it is not attn_out itself. */
function howAdded(graph: Graph, added: string, part: Peeled): ResidualAdd['addedIs'] {
  if (part.norm) return 'normed attn_out';
  if (part.besides.length > 0) return 'attn_out + mlp_out';
  if (part.scale) return 'scaled attn_out';
  return sameNumbers(graph, added) === sameNumbers(graph, part.tensor) ? 'attn_out' : 'rounded attn_out';
}

/** With one text per batch, [token, 1, width] has to be told from [1, token, width]. */
function rowAxes(graph: Graph, tensor: string, axes: string, isTokenFirst: boolean): string {
  return isTokenFirst && axes === '*td' && graph.rank(tensor) === 3 ? 't1d' : axes;
}
