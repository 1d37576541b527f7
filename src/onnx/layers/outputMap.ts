// What an attention adds to the stream: from the operand that is really added back to the heads. Peeled off is only what is known to be
// no part of the output projection; whatever else stands between the heads and there belongs to it.

import { firstNumbers } from '../evaluation/constantValue';
import type { OnnxNode } from '../file/model';
import type { Graph } from '../graph/graph';
import { operandSlots } from '../graph/operations';
import { isScalar } from '../graph/reconvergence';
import { beforeRoundings, sameNumbers } from '../stream/forms';
import { normEndingIn } from '../stream/norms';
import { linearBehind } from './linearParts';

export interface Peeled {
  /** attn_out, or mlp_out. */
  readonly tensor: string;
  /** Summands that are not made from the heads: the feed-forward part of a parallel block. */
  readonly besides: readonly string[];
  /** Whether a norm, or a factor for all or for each feature, stands between it and what is added. */
  readonly norm: boolean;
  readonly scale: boolean;
}

/** Whether a product has weights that are whole numbers: a scale after it belongs to them. */
function hasWholeWeights(graph: Graph, tensor: string): boolean {
  const node = graph.maker(sameNumbers(graph, tensor));
  const slots = node && operandSlots(node);
  if (!node || !slots || graph.linearSlot(node) === undefined) return false;
  const weights = slots.map((slot) => node.inputs[slot] ?? '').find((name) => graph.isConstant(name)) ?? '';
  const numbers = firstNumbers(graph, weights, 4096);
  return numbers?.every(Number.isInteger) ?? false;
}

/** Products that add their third input themselves. */
const bringsBias = new Set(['Gemm', 'Conv']);

/** Whether the linear layer that ends in `tensor` adds a bias anywhere. */
function hasBias(graph: Graph, tensor: string): boolean {
  const isBias = (node: OnnxNode) =>
    node.op === 'Add' ? node.inputs.some((name) => graph.isConstant(name)) : bringsBias.has(node.op) && (node.inputs[2] ?? '') !== '';
  return linearBehind(graph, tensor)?.nodes.some(isBias) ?? false;
}

/**
 * What is multiplied or divided by constants, one number or one for each feature; undefined: nothing is. Factors per feature of a layer
 * without a bias, and a factor of weights that are whole numbers, are the scales of its weights.
 */
function scaledTensor(graph: Graph, tensor: string): string | undefined {
  const node = graph.maker(sameNumbers(graph, tensor));
  if (node?.op !== 'Mul' && node?.op !== 'Div') return undefined;
  const [text, more] = graph.contentInputs(node);
  const by = node.inputs.find((name) => name !== text) ?? '';
  const isRow =
    graph.isConstant(by) &&
    graph.shapes
      .get(by)
      ?.slice(0, -1)
      .every((size) => size === 1) === true;
  const isFactor = text !== undefined && more === undefined && isRow && (node.op === 'Mul' || node.inputs[0] === text);
  if (!isFactor) return undefined;
  const isScale = hasWholeWeights(graph, text) || (!isScalar(graph, by) && linearBehind(graph, text) !== undefined && !hasBias(graph, text));
  return isScale ? undefined : text;
}

/** The summand that is made from the heads, and the one that is not; undefined where that is not so. */
function summands(graph: Graph, tensor: string, heads: string): { readonly own: string; readonly beside: string } | undefined {
  const node = graph.maker(sameNumbers(graph, tensor));
  const [a, b] = node?.op === 'Add' ? graph.contentInputs(node) : [];
  if (a === undefined || b === undefined) return undefined;
  const [isA, isB] = [graph.isMadeFrom(a, heads), graph.isMadeFrom(b, heads)];
  if (isA === isB) return undefined;
  return isA ? { own: a, beside: b } : { own: b, beside: a };
}

/** Where peeling ends: what the first linear layer gives, and what enters it. */
interface Ends {
  readonly output: string;
  readonly heads: string;
}

/** Takes norms, factors and foreign summands off the operand that is added; without `ends`, of a feed-forward part, no summands. */
export function peeled(graph: Graph, added: string, ends?: Ends): Peeled {
  const plain = ends && beforeRoundings(graph, ends.output);
  const isOwn = (name: string) => ends === undefined || graph.isMadeFrom(name, ends.heads);
  const besides: string[] = [];
  let [name, hasNorm, hasScale] = [added, false, false];
  for (let depth = 0; depth < 12 && beforeRoundings(graph, name) !== plain; depth++) {
    const inner = hasNorm ? undefined : normEndingIn(graph, name)?.from;
    const isNorm = inner !== undefined && isOwn(inner);
    const scaled = isNorm ? undefined : scaledTensor(graph, name);
    const sum = ends && !isNorm && scaled === undefined ? summands(graph, name, ends.heads) : undefined;
    const next = isNorm ? inner : (scaled ?? sum?.own);
    if (next === undefined) return { tensor: name, besides, norm: hasNorm, scale: hasScale };
    hasNorm ||= isNorm;
    hasScale ||= scaled !== undefined;
    if (sum) besides.push(sum.beside);
    name = next;
  }
  return { tensor: ends && beforeRoundings(graph, name) === plain ? ends.output : name, besides, norm: hasNorm, scale: hasScale };
}
