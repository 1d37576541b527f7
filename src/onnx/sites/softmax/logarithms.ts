// A softmax written by way of logarithms.

import type { OnnxNode } from '../../file/model';
import type { Graph } from '../../graph/graph';
import { sameNumbers } from '../../stream/forms';
import { axisOf, axisOfReduction } from './axes';
import { madeBy } from './madeBy';
import type { SoftmaxLike } from './softmaxLike';

/** The node that sums the exponentials of `scores` on the way to their logarithm: ReduceLogSumExp, or Log of ReduceSum of Exp. */
function logSumOf(graph: Graph, tensor: string, scores: string): OnnxNode | undefined {
  const node = madeBy(graph, tensor, ['ReduceLogSumExp', 'Log', 'Add']);
  if (node?.op === 'ReduceLogSumExp') return node.inputs[0] === scores ? node : undefined;
  if (node?.op === 'Log') {
    const sum = madeBy(graph, node.inputs[0] ?? '', ['ReduceSum']);
    const exponential = sum && graph.maker(sum.inputs[0] ?? '');
    return exponential?.op === 'Exp' && exponential.inputs[0] === scores ? sum : undefined;
  }
  // m + log Σ exp(x − m)
  if (node?.op !== 'Add') return undefined;
  for (const [one, other] of [node.inputs, [...node.inputs].reverse()] as [string, string][]) {
    const less = graph.readers(scores).find((reader) => reader.node.op === 'Sub' && reader.slot === 0 && reader.node.inputs[1] === other)?.node;
    const found = less && logSumOf(graph, one, less.outputs[0] as string);
    if (found) return found;
  }
  return undefined;
}

/** Exp(x − log Σ exp(x)) */
export function ofLogSum(graph: Graph, node: OnnxNode): SoftmaxLike | undefined {
  const less = graph.maker(node.inputs[0] ?? '');
  const [input, sum] = less?.inputs ?? [];
  if (less?.op !== 'Sub' || input === undefined || sum === undefined) return undefined;
  const found = logSumOf(graph, sum, input);
  return found && { node, writtenAs: 'Exp of x − log Σ exp', input, output: node.outputs[0] as string, axis: axisOfReduction(graph, found) };
}

/** Exp(LogSoftmax(x)) */
export function ofLogarithms(graph: Graph, node: OnnxNode): SoftmaxLike | undefined {
  const inner = madeBy(graph, node.inputs[0] ?? '', ['LogSoftmax']);
  if (inner?.op !== 'LogSoftmax' || sameNumbers(graph, node.inputs[0] as string) !== inner.outputs[0]) return undefined;
  return {
    node,
    writtenAs: 'Exp of LogSoftmax',
    input: inner.inputs[0] as string,
    output: node.outputs[0] as string,
    axis: axisOf(graph, inner),
  };
}
