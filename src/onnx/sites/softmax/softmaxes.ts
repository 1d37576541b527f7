// Every softmax of a graph: the operator, Exp ÷ sum and Exp of LogSoftmax written out. What it is for is decided elsewhere.

import type { Graph } from '../../graph/graph';
import { axisOf } from './axes';
import { ofLogarithms, ofLogSum } from './logarithms';
import type { SoftmaxLike } from './softmaxLike';
import { spelledOut } from './spelledOut';

/** All of them, in order of computation. */
export function findSoftmaxes(graph: Graph): SoftmaxLike[] {
  return graph.model.nodes.flatMap((node): SoftmaxLike[] => {
    if (node.op === 'Exp') {
      const found = ofLogarithms(graph, node) ?? ofLogSum(graph, node);
      return found ? [found] : [];
    }
    if (node.op === 'Div' || node.op === 'Mul') {
      const found = spelledOut(graph, node);
      return found ? [found] : [];
    }
    if (node.op !== 'Softmax' || graph.isConstant(node.inputs[0] ?? '')) return [];
    const input = node.inputs[0] as string;
    return [{ node, writtenAs: 'Softmax', input, output: node.outputs[0] as string, axis: axisOf(graph, node) }];
  });
}
