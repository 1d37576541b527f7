// Attention of recurrent models whose scores are no matrix product: from a small network over query + key (Bahdanau et al. 2015,
// appendix A.1.2) or over both side by side (Luong et al. 2015, "concat"), or a product written as Mul and ReduceSum.
// Its result is a product or a weighted sum, also written as Mul and ReduceSum.

import type { CaptureRef } from '../facts/captures';
import type { Recognition } from '../facts/foundSite';
import { int64 } from '../file/elementTypes';
import type { OnnxNode } from '../file/model';
import type { Graph } from '../graph/graph';
import { bendOps, layoutOps } from '../graph/operations';
import { haveSameSource } from '../stream/sources';
import { nodeName } from '../weights/linear';
import type { SoftmaxLike } from './softmax/softmaxLike';
import { weightedSum } from './weightedSum';

interface Network {
  readonly nodes: readonly OnnxNode[];
  /** The two tensors that are added or joined before the bend, or multiplied. */
  readonly terms: readonly [string, string];
  readonly isProduct: boolean;
}

/** Whether this node brings two tensors of text together, after what was passed on the way back from the scores. */
function bringsTogether(graph: Graph, node: OnnxNode, passed: readonly OnnxNode[]): 'network' | 'product' | undefined {
  const last = passed.at(-1);
  if (graph.isProduct(node) || (node.op === 'Mul' && last?.op === 'ReduceSum')) return 'product';
  if (!passed.some((one) => bendOps.has(one.op))) return undefined;
  if (node.op === 'Add' && passed.some((one) => !bendOps.has(one.op))) return 'network';
  return node.op === 'Concat' && last && graph.linearSlot(last) !== undefined ? 'network' : undefined;
}

/** Back from the scores: layout and bias, a linear layer of one column, tanh, and two tensors of text that are added or joined. */
function networkOf(graph: Graph, scores: string): Network | undefined {
  const nodes: OnnxNode[] = [];
  let name = scores;
  for (let depth = 0; depth < 24; depth++) {
    const node = graph.maker(name);
    if (!node) return undefined;
    const [a, b, more] = [...new Set(graph.contentInputs(node))];
    if (a === undefined || more !== undefined) return undefined;
    const together = b === undefined ? undefined : bringsTogether(graph, node, nodes);
    if (b !== undefined) return together && { nodes: [...nodes, node], terms: [a, b], isProduct: together === 'product' };
    const isStep = graph.linearSlot(node) !== undefined || node.op === 'ReduceSum' || bendOps.has(node.op);
    const isMask = node.op === 'Where' || node.op === 'Add' || node.op === 'Sub' || node.op === 'Mul' || node.op === 'Div';
    if (!isStep && !isMask && !layoutOps.has(node.op)) return undefined;
    if (isStep) nodes.push(node);
    name = a;
  }
  return undefined;
}

/** Undefined where this softmax is no additive attention. */
export function additiveSite(graph: Graph, softmax: SoftmaxLike): Recognition | undefined {
  const network = networkOf(graph, softmax.input);
  const sum = network && weightedSum(graph, softmax.output);
  if (!network || !sum) return undefined;
  // Two products of matrices are another recogniser's, and it said why not.
  if (graph.isProduct(network.nodes.at(-1) as OnnxNode) && graph.isProduct(sum.node)) return undefined;
  const value = sum.value[0]?.tensor as string;
  const [a, b] = network.terms;
  const keyIsFirst = haveSameSource(graph, a, value) && !haveSameSource(graph, b, value);
  const pattern = sum.pattern[0] as CaptureRef[number];
  const scores = scoresLike(graph, softmax, pattern);
  const reason = network.isProduct
    ? 'the product of queries and keys is not written as a product of matrices'
    : 'additive attention has no product of queries and keys: its scores come from a small network';
  return {
    site: {
      at: softmax.node,
      recognisedAs: `${network.nodes
        .map((node) => node.op)
        .reverse()
        .join(' → ')} → ${softmax.writtenAs} → ${sum.node.op}${network.isProduct ? '' : ' (additive)'}`,
      nodes: [...network.nodes.slice().reverse(), softmax.node, sum.node].map(nodeName),
      captures: { ...(scores && { scores }), pattern: sum.pattern, v: sum.value, z: sum.z },
      absent: {
        q: reason,
        k: reason,
        rot_q: 'the model has no rotary encoding',
        rot_k: 'the model has no rotary encoding',
        ...(scores ? {} : { scores: 'the scores are arranged in a way that hides their axes' }),
      },
      kvRepeated: false,
      whyUnchecked: reason,
      isRecomputed: false,
      heads: 1,
      isRecurrent: true,
      isCausal: false,
      querySource: keyIsFirst ? b : a,
      keySource: keyIsFirst ? a : b,
      valueSource: value,
      mixed: sum.node.outputs[0] as string,
      maskTensors: [],
    },
  };
}

/** The softmax's input in the arrangement of the pattern: the same tensor shape, or the arranging nodes again. */
function scoresLike(graph: Graph, softmax: SoftmaxLike, pattern: CaptureRef[number]): CaptureRef | undefined {
  if (pattern.tensor === softmax.output) return [{ tensor: softmax.input, axes: pattern.axes }];
  const { sides } = graph;
  const shape = sides.add({ op: 'Shape', inputs: [pattern.tensor] }, int64);
  return [{ tensor: sides.add({ op: 'Reshape', inputs: [softmax.input, shape] }, graph.types.get(softmax.input)), axes: pattern.axes }];
}
