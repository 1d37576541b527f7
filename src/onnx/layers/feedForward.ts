// The feed-forward part of a layer: before and after the activation function, and its output.

import type { Activation } from '../../core/names';
import type { Block } from '../facts/block';
import type { CaptureRef, RowMap, TensorRef } from '../facts/captures';
import type { Linear } from '../facts/linear';
import type { Graph } from '../graph/graph';
import type { Reader } from '../graph/links';
import { carriesValues } from '../graph/operations';
import { isScalar } from '../graph/reconvergence';
import { beforeRoundings, plainForm, sameNumbers } from '../stream/forms';
import type { NextAdd } from '../stream/nextAdd';
import { entriesOf, rowFunction } from '../stream/norms';
import { nodesBetween } from '../stream/stretches';
import { nodeName } from '../weights/linear';
import type { Joined } from './joinStream';
import { endsInLinear, linearEndingIn, sourcesOf } from './linearEnding';
import { linearDownTo } from './linearParts';
import { type Peeled, peeled } from './outputMap';

interface FeedForward {
  /** From mlp_out to what is added, where a norm or factors stand between. */
  readonly map?: RowMap;
  readonly added?: TensorRef;
  readonly down?: Linear;
  readonly activation?: Block['activation'];
  readonly captures: Readonly<Partial<Record<Activation, CaptureRef>>>;
  readonly absent: Readonly<Partial<Record<Activation, string>>>;
}

const nothing = (reason: string): FeedForward => ({ captures: {}, absent: { mlp_pre: reason, mlp_post: reason, mlp_out: reason } });

/** mlp_out and what enters the layer that makes it. */
interface Ending {
  readonly part: Peeled;
  readonly linear: Linear;
}

/** The one linear layer, however it is written, that ends in what is added. */
function endingOf(graph: Graph, part: Peeled, start: string): Ending | undefined {
  const plain = linearEndingIn(graph, part.tensor)?.linear;
  const isPlain = plain && beforeRoundings(graph, part.tensor) === beforeRoundings(graph, plain.output.tensor);
  if (isPlain && !endsInLinear(graph, plain.input.tensor)) return { part, linear: plain };
  const isInside = (entry: string) => plainForm(graph, entry) !== plainForm(graph, start) && graph.isMadeFrom(entry, start);
  const whole = linearDownTo(graph, part.tensor, isInside);
  if (!whole) return undefined;
  const input = plain?.input.tensor === whole.entry ? plain.input : { tensor: whole.entry, axes: '*td' };
  return { part, linear: { input, output: { tensor: part.tensor, axes: '*td' }, nodes: whole.nodes.map(nodeName), writtenAs: '', isWhole: true } };
}

interface Activated {
  readonly captures: Readonly<Partial<Record<Activation, CaptureRef>>>;
  readonly absent: Readonly<Partial<Record<Activation, string>>>;
  readonly activation?: Block['activation'];
}

/** What a fused activation function adds to its input itself. */
function fusedBias(graph: Graph, tensor: string): string | undefined {
  const fused = graph
    .readers(tensor)
    .filter(({ node, slot }) => slot === 0 && (node.op === 'BiasGelu' || node.op === 'FastGelu') && graph.isConstant(node.inputs[1] ?? ''));
  return fused.length === 1 && graph.readers(tensor).length === 1 ? fused[0]?.node.inputs[1] : undefined;
}

/** Where the activation function begins: behind what is still linear in the layer's output. */
function whereBent(graph: Graph, layer: string, post: string): string {
  const entries = entriesOf(graph, post).map(({ entry }) => entry);
  return entries.slice(0, Math.max(0, entries.indexOf(layer))).find((entry) => rowFunction(graph, layer, entry)?.kind === 'affine') ?? layer;
}

/** Whether a bias is added to a product that something else takes as it is: then what enters the activation function is neither. */
function isReadWithoutBias(graph: Graph, layer: string): boolean {
  const readers = graph.readers(layer).filter(({ node }) => carriesValues(node));
  const isBias = ({ node }: Reader) => (node.op === 'Add' || node.op === 'Sub') && node.inputs.some((name) => graph.isConstant(name) && !isScalar(graph, name));
  return readers.some(isBias) && !readers.every(isBias);
}

/** mlp_pre, and how mlp_post is made from it. */
function beforeActivation(
  graph: Graph,
  { post, start }: { readonly post: string; readonly start: string },
  sources: ReadonlyMap<string, boolean>,
  rows: (ref: TensorRef) => CaptureRef,
): Activated {
  const bent = [...sources].filter(([, isBent]) => isBent);
  const [chosen, another] = sources.size === 1 ? [...sources] : bent;
  if (!chosen || another) return { captures: {}, absent: { mlp_pre: 'what enters the activation function is not one linear layer' } };
  const [layer] = chosen;
  if (!graph.isMadeFrom(layer, start)) return { captures: {}, absent: { mlp_pre: 'what enters the activation function is made elsewhere' } };
  if (isReadWithoutBias(graph, layer)) return { captures: {}, absent: { mlp_pre: 'the layer before the activation function is also read without its bias' } };
  const less = fusedBias(graph, layer);
  const from = less === undefined ? whereBent(graph, layer, post) : layer;
  const tensor = less === undefined ? from : graph.sides.add({ op: 'Add', inputs: [from, less] }, graph.types.get(from));
  const beside = [...sources.keys()].find((name) => name !== layer);
  const nodes = sources.size <= 2 ? nodesBetween(graph, new Set([from, ...sources.keys()]), post) : undefined;
  const map = { from, to: post, ...(beside !== undefined && { beside }), ...(less !== undefined && { less }) };
  const activation = nodes && { map, ...(beside !== undefined && { beside: (rows({ tensor: beside, axes: '*td' }) as [TensorRef])[0] }) };
  return { captures: { mlp_pre: rows({ tensor, axes: '*td' }) }, absent: {}, ...(activation && { activation }) };
}

const notBent = 'the feed-forward part has no activation function';

/** Whether a linear layer of the part (made from `start`) leads to `post`, and more than an arrangement lies between. */
function isBent(graph: Graph, post: string, sources: ReadonlyMap<string, boolean>, start: string): boolean {
  const own = [...sources.keys()].filter((name) => graph.isMadeFrom(name, start));
  return own.length > 0 && own.every((name) => plainForm(graph, name) !== plainForm(graph, post));
}

/** Reads back from what the layer adds last to the stream. */
export function readFeedForward(graph: Graph, joined: Joined | undefined, next: NextAdd | undefined, form: Block['form']): FeedForward {
  if (!joined) return nothing('where the layer joins the residual stream was not found');
  const last = next?.added ?? joined.beside;
  if (last === undefined)
    return nothing(
      form === 'parallel' ? 'the feed-forward part runs beside the attention and is not read' : 'no feed-forward part was found after the attention',
    );
  const start = next && !next.isParallel ? (joined.add.normed ?? joined.add.sum) : plainForm(graph, joined.skip);
  const ending = endingOf(graph, peeled(graph, last), start) ?? endingOf(graph, { tensor: last, besides: [], norm: false, scale: false }, start);
  if (!ending) return nothing('the feed-forward part does not end in one linear layer (a mixture of experts, a gate or a convolution)');
  const { part, linear } = ending;
  const sources = sourcesOf(graph, linear.input.tensor);
  if (!sources) return nothing('what follows the attention mixes tokens: it is no feed-forward part');
  const rows = (ref: TensorRef): CaptureRef => [ref.axes === '*td' ? joined.asRows(ref.tensor) : ref];
  const isChanged = part.norm || part.scale;
  const bias = next?.add.bias;
  // What is added is the output after it was rounded to 8 bits.
  const isRounded = !isChanged && bias === undefined && sameNumbers(graph, last) !== sameNumbers(graph, linear.output.tensor);
  const down = bias === undefined ? linear : withBias(graph, linear, bias);
  const mlpOut = rows(isRounded ? joined.asRows(last) : down.output);
  const way = isChanged && bias === undefined ? { map: { from: part.tensor, to: last }, added: joined.asRows(last) } : {};
  if (!isBent(graph, linear.input.tensor, sources, start)) return { ...way, captures: { mlp_out: mlpOut }, absent: { mlp_pre: notBent, mlp_post: notBent } };
  const before = beforeActivation(graph, { post: linear.input.tensor, start }, sources, rows);
  return { ...before, ...way, captures: { mlp_out: mlpOut, mlp_post: rows(linear.input), ...before.captures }, down };
}

function withBias(graph: Graph, linear: Linear, bias: string): Linear {
  const { output } = linear;
  const tensor = graph.sides.add({ op: 'Add', inputs: [output.tensor, bias] }, graph.types.get(output.tensor));
  return { ...linear, output: { ...output, tensor } };
}
