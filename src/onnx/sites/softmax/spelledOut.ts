// A softmax written as exponentials over their sum.

import type { OnnxNode } from '../../file/model';
import type { Graph } from '../../graph/graph';
import { axisOfReduction } from './axes';
import { madeBy, wraps } from './madeBy';
import type { SoftmaxLike } from './softmaxLike';

/** What is added to a sum only to keep it from 0 changes no weight that is shown. */
const epsilonLimit = 1e-5;

/** What exponentials are divided by: their sum over one axis, and what is added to it where it is more than an epsilon. */
interface Divisor {
  readonly sum: OnnxNode;
  readonly rest?: string;
}

/** Back from a divisor to the sum of `exponentials`. */
function divisorOf(graph: Graph, tensor: string, exponentials: string, depth = 0): Divisor | undefined {
  const node = graph.maker(tensor);
  if (!node || depth > 4) return undefined;
  if (node.op === 'ReduceSum') return node.inputs[0] === exponentials ? { sum: node } : undefined;
  if (node.op === 'Add') {
    const [a, b] = node.inputs as [string, string];
    const [inA, inB] = [divisorOf(graph, a, exponentials, depth + 1), divisorOf(graph, b, exponentials, depth + 1)];
    const inner = inA ?? inB;
    if (!inner || (inA && inB) || inner.rest !== undefined) return undefined;
    const rest = inA ? b : a;
    const value = graph.number(rest);
    return value !== undefined && Math.abs(value) < epsilonLimit ? inner : { ...inner, rest };
  }
  const content = graph.contentInputs(node);
  return wraps.has(node.op) && content.length === 1 ? divisorOf(graph, content[0] as string, exponentials, depth + 1) : undefined;
}

/** Exp(x) / ReduceSum(Exp(x)), also as a product with the reciprocal. */
export function spelledOut(graph: Graph, node: OnnxNode): SoftmaxLike | undefined {
  for (const [top, below] of [
    [node.inputs[0], node.inputs[1]],
    [node.inputs[1], node.inputs[0]],
  ] as const) {
    if (top === undefined || below === undefined || (node.op === 'Div' && top !== node.inputs[0])) continue;
    const exponential = graph.maker(top);
    if (exponential?.op !== 'Exp') continue;
    const reciprocal = node.op === 'Mul' ? madeBy(graph, below, ['Reciprocal', 'Div']) : undefined;
    const isInverse = reciprocal && (reciprocal.op === 'Reciprocal' || graph.number(reciprocal.inputs[0] ?? '') === 1);
    const divisor = node.op === 'Div' ? below : isInverse ? reciprocal.inputs.at(-1) : undefined;
    const found = divisor === undefined ? undefined : divisorOf(graph, divisor, top);
    const axis = found && axisOfReduction(graph, found.sum);
    if (!found || axis === undefined) continue;
    return {
      node,
      writtenAs: 'Exp ÷ ReduceSum',
      input: exponential.inputs[0] as string,
      output: node.outputs[0] as string,
      axis,
      ...(found.rest !== undefined && { rest: found.rest }),
    };
  }
  return undefined;
}
