// What an attention adds to the stream: from the operand that is really added back to the heads. Peeled off is only what is known to be
// no part of the output projection; whatever else stands between the heads and there belongs to it.

import { firstNumbers } from './evaluation/constantValue';
import type { Graph } from './graph';
import { nodeName } from './linear';
import type { OnnxNode } from './model';
import { normEndingIn } from './norms';
import { layoutOps, operandSlots, roundingOps } from './operations';
import { isScalar } from './reconvergence';
import type { Linear, RowMap, TensorRef } from './site';
import { beforeRoundings, sameNumbers } from './stream';
import { entriesBehind } from './stretches';

export interface AttentionOutput {
  /** attn_out. */
  readonly tensor: string;
  /** Summands that are not made from the heads: the feed-forward part of a parallel block. */
  readonly besides: readonly string[];
  /** A norm between attn_out and what is added. */
  readonly norm?: RowMap;
  readonly isScaled: boolean;
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

/** Peels the operand that is added: `output` is what the first linear layer gives, `heads` what enters it. */
export function attentionOutput(graph: Graph, added: string, { output, heads }: { readonly output: string; readonly heads: string }): AttentionOutput {
  const isFromHeads = (name: string) => graph.isMadeFrom(name, heads);
  const plain = beforeRoundings(graph, output);
  const besides: string[] = [];
  let [name, norm, isScaled] = [added, undefined as RowMap | undefined, false];
  const found = (tensor: string) => ({ tensor, besides, isScaled, ...(norm && { norm: { from: tensor, to: norm.to } }) });
  for (let depth = 0; depth < 12; depth++) {
    if (beforeRoundings(graph, name) === plain) return found(output);
    const own = norm ? undefined : normEndingIn(graph, name);
    if (own && isFromHeads(own.from)) {
      norm = own;
      name = own.from;
      continue;
    }
    const node = graph.maker(sameNumbers(graph, name));
    const [a, b] = node ? graph.contentInputs(node) : [];
    const isSum = node?.op === 'Add' && a !== undefined && b !== undefined && isFromHeads(a) !== isFromHeads(b);
    const isFactor =
      (node?.op === 'Mul' || node?.op === 'Div') && b === undefined && node.inputs.some((input) => graph.isConstant(input) && isScalar(graph, input));
    if (isSum) {
      const mine = isFromHeads(a) ? a : b;
      besides.push(mine === a ? b : a);
      name = mine;
    } else if (isFactor && !isScaled && a !== undefined && a === node?.inputs[node.op === 'Div' ? 0 : node.inputs.indexOf(a)] && !hasWholeWeights(graph, a)) {
      isScaled = true;
      name = a;
    } else break;
  }
  return found(name);
}

const linearOps = new Set([...layoutOps, ...roundingOps, 'DynamicQuantizeLinear', 'Concat', 'Add', 'Sub', 'Sum', 'Neg', 'ReduceSum', 'MatMulInteger']);

/** A scale of rounded text, beside the text itself. */
const isScale = (graph: Graph, tensor: string, depth = 0): boolean => {
  const node = graph.maker(tensor);
  if (!node || depth > 4) return false;
  if (node.op === 'DynamicQuantizeLinear') return node.outputs[1] === tensor;
  return (node.op === 'Mul' || layoutOps.has(node.op)) && graph.contentInputs(node).every((input) => isScale(graph, input, depth + 1));
};

/** Whether the node is linear in the text, given that its text is. */
function isLinear(graph: Graph, node: OnnxNode): boolean {
  if (graph.isProduct(node)) return false;
  if (linearOps.has(node.op) || graph.linearSlot(node) !== undefined) return true;
  const texts = graph.contentInputs(node).filter((name) => !isScale(graph, name));
  if (node.op === 'Mul') return texts.length <= 1;
  return node.op === 'Div' && texts.length <= 1 && graph.isConstant(node.inputs[1] ?? '');
}

/**
 * The map from the heads to attn_out as one linear layer, `first` being the layer that the heads enter; undefined where it is not linear:
 * an activation function or a gate stands between.
 */
export function wholeMap(graph: Graph, first: Linear, heads: string, output: TensorRef): Linear | undefined {
  for (const { entry, nodes } of entriesBehind(graph, output.tensor, (node) => isLinear(graph, node))) {
    if (!graph.isMadeFrom(heads, entry)) continue;
    if (entry !== heads && (first.inputAsSeen || sameNumbers(graph, heads) !== sameNumbers(graph, entry))) return undefined;
    const computing = nodes.filter((node) => !layoutOps.has(node.op)).reverse();
    const input = entry === heads ? first.input : { tensor: entry, axes: graph.rank(entry) === graph.rank(heads) ? first.input.axes : '*td' };
    return { ...first, input, output, isWhole: true, nodes: computing.map(nodeName), writtenAs: [...new Set(computing.map((node) => node.op))].join(' + ') };
  }
  return undefined;
}
