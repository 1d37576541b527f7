// From the head mix on: merged heads, the output projection, and where it joins the residual stream.

import type { FoundSite } from './foundSite';
import type { Graph } from './graph';
import { linearAt } from './linear';
import { entryOf } from './linearNodes';
import type { OnnxNode } from './model';
import { cloned } from './operand';
import { attentionOps, carriesValues, layoutOps, roundingOps } from './operations';
import { type Peeled, peeled, wholeMap } from './outputMap';
import { axesAfter } from './productAxes';
import { isScalar } from './reconvergence';
import type { Linear, ResidualAdd, TensorRef } from './site';
import { plainForm, type StreamAdd, sameNumbers, streamAddAt } from './stream';

const merging = new Set([
  ...layoutOps,
  'Where',
  'Mul',
  'Concat',
  ...roundingOps,
  'DynamicQuantizeLinear',
  'LayerNormalization',
  'SimplifiedLayerNormalization',
  'RMSNormalization',
]);

export interface Projected {
  readonly node: OnnxNode;
  readonly linear: Linear;
  /** What stands between the heads and the projection, in words; undefined: only their arrangement. */
  readonly between?: string;
  readonly concat?: OnnxNode;
  /** True where the rows of the stream are [token, 1, width] instead of [1, token, width]. */
  readonly isTokenFirst: boolean;
}

/** A node on the way from the head mix to the output projection, and the input by which the heads come. */
interface Step {
  readonly node: OnnxNode;
  readonly from: string;
}

/** Whether a step changes the numbers of each head alone: by rounding, or by a factor or gate for each of them. */
const isChange = ({ node }: Step) => roundingOps.has(node.op) || node.op === 'Mul';

/**
 * Where the heads are rounded or multiplied on the way, the layer's input is the merged heads as they were before, and what it sees is
 * said beside: the arranging nodes are repeated as side nodes without what changes the numbers.
 */
function unchangedOnTheWay(graph: Graph, linear: Linear, mixed: string, path: readonly Step[]): Linear {
  const isPlain = path.every((step) => layoutOps.has(step.node.op) || isChange(step));
  const isChanged = path.some((step) => isChange(step) && step.node.op !== 'QuantizeLinear');
  if (!isPlain || linear.inputAsSeen || !isChanged) return linear;
  const names = new Map([[mixed, mixed]]);
  for (const step of path) {
    const { node, from } = step;
    const output = node.outputs[0] as string;
    const merged = names.get(from) as string;
    names.set(output, isChange(step) ? merged : cloned(graph, node, output, (input) => (input === from ? merged : input)));
  }
  const input = names.get(linear.input.tensor);
  const isMultiplied = path.some(({ node }) => node.op === 'Mul');
  return input === undefined
    ? linear
    : { ...linear, input: { ...linear.input, tensor: input }, inputAsSeen: linear.input, ...(isMultiplied && { isMultiplied }) };
}

/** A tensor on the way from the head mix, and what was passed until there. */
interface Passed {
  readonly name: string;
  readonly path: readonly Step[];
  readonly isTokenFirst: boolean;
  readonly between?: string;
  readonly concat?: OnnxNode;
}

/** What a node puts between the heads and the projection, in words; undefined: it only arranges them. */
function hindrance(graph: Graph, node: OnnxNode): string | undefined {
  if (node.op === 'Concat') return graph.contentInputs(node).length > 1 ? 'another branch' : undefined;
  if (node.op.endsWith('Normalization')) return 'a norm';
  if (node.op !== 'Mul') return undefined;
  if (node.inputs.every((name) => graph.isContent(name))) return 'a gate';
  return node.inputs.some((name) => isScalar(graph, name)) ? undefined : 'a factor';
}

/** Through a node, to one of its outputs. */
function passedThrough(graph: Graph, node: OnnxNode, from: Passed, name: string): Passed {
  const between = from.between ?? hindrance(graph, node);
  const concat = from.concat ?? (node.op === 'Concat' ? node : undefined);
  const perm = node.op === 'Transpose' ? (node.attributes.get('perm')?.ints ?? []) : [];
  // [1, head, token, e] and [head, token, e]: tokens are the last axis but one.
  const isTokenFirst = perm.length > 0 ? perm[0] === perm.length - 2 : from.isTokenFirst;
  return { name, path: [...from.path, { node, from: from.name }], isTokenFirst, ...(between && { between }), ...(concat && { concat }) };
}

/** The linear layer that the heads enter; undefined where it cannot be described as a matrix. */
function projectedAt(graph: Graph, node: OnnxNode, mixed: string, passed: Passed): Projected | undefined {
  const { path, isTokenFirst, between, concat } = passed;
  const linear = linearAt(graph, node);
  const own = linear && unchangedOnTheWay(graph, linear, mixed, path);
  return own && { node, linear: own, isTokenFirst, ...(between && !own.inputAsSeen && { between }), ...(concat && { concat }) };
}

/** The first linear layer that the head mix goes into. */
export function findProjection(graph: Graph, mixed: string): Projected | undefined {
  const queue: Passed[] = [{ name: mixed, path: [], isTokenFirst: false }];
  const seen = new Set([mixed]);
  for (let item = queue.shift(); item; item = queue.shift()) {
    for (const { node, slot } of graph.readers(item.name)) {
      graph.spend();
      if (graph.linearSlot(node) === slot) return projectedAt(graph, node, mixed, item);
      if (!merging.has(node.op) || item.path.length >= 20 || !graph.contentInputs(node).includes(item.name)) continue;
      for (const name of node.outputs) {
        if (name === '' || seen.has(name)) continue;
        seen.add(name);
        queue.push(passedThrough(graph, node, item, name));
      }
    }
  }
  return undefined;
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
  ...layoutOps,
  ...roundingOps,
  'Mul',
  'Div',
  'Sub',
  'Pow',
  'ReduceMean',
  'Sqrt',
  'Reciprocal',
  'Add',
  'LayerNormalization',
  'SimplifiedLayerNormalization',
  'RMSNormalization',
  'Concat',
  'ReduceSum',
  'Abs',
  'Max',
  'Where',
  'Pad',
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
  const queue: Way[] = [{ name: tensor, axes: rowAxes(graph, tensor, axes, isTokenFirst), depth: 0 }];
  const seen = new Set([tensor]);
  for (let item = queue.shift(); item; item = queue.shift()) {
    for (const { node } of graph.readers(item.name)) {
      graph.spend();
      const add = streamAddAt(graph, node);
      const skip = add?.operands.find((name) => name !== item.name);
      if (add && skip !== undefined && add.operands.includes(item.name) && isBefore(skip)) return joined(graph, add, { skip, way: item, linear });
      if (!isOnTheWay(graph, node, heads) || item.depth >= 16) continue;
      const own = axesAfter(node, item.axes, graph.rank(item.name)) ?? '*td';
      for (const name of heads === undefined ? node.outputs.slice(0, 1) : node.outputs) {
        if (name === '' || seen.has(name)) continue;
        seen.add(name);
        queue.push({ name, axes: rowAxes(graph, name, own, isTokenFirst && node.op !== 'Transpose'), depth: item.depth + 1 });
      }
    }
  }
  return undefined;
}

function joined(graph: Graph, add: StreamAdd, found: { readonly skip: string; readonly way: Way; readonly linear: Linear }): Joined {
  const { skip, way, linear } = found;
  const added = way.name;
  const axes = /^\*?[1td]+$/.test(way.axes) && way.axes.includes('t') ? way.axes : '*td';
  const asRows = (tensor: string): TensorRef => ({ tensor, axes });
  const part = peeled(graph, added, { output: linear.output.tensor, heads: entryOf(graph, linear) });
  const addedIs = howAdded(graph, added, part);
  const isSumOfTwo = addedIs === 'attn_out + mlp_out' && part.besides.length === 1 && !part.scale && add.bias === undefined;
  const withBias = add.bias === undefined ? added : graph.model.sides.add({ op: 'Add', inputs: [added, add.bias] }, graph.types.get(added));
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
