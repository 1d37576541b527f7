// What is taken off scores, or added to the sum of their exponentials, beside the scores themselves.

import type { Graph } from '../../graph/graph';
import { madeBy } from './madeBy';

/**
 * The number that is taken off a whole row, and the row without that; undefined where none is. Whichever row it is the largest value of:
 * that the weights are those of the row without it is what check 2 tells.
 */
function stabiliserOf(graph: Graph, tensor: string): { readonly scores: string; readonly largest: string } | undefined {
  const node = graph.maker(tensor);
  const [scores, largest] = node?.inputs ?? [];
  if (node?.op !== 'Sub' || scores === undefined || largest === undefined) return undefined;
  return madeBy(graph, largest, ['ReduceMax']) ? { scores, largest } : undefined;
}

/** Without the subtraction of the row's largest value, which changes no weight. */
export function withoutStabilising(graph: Graph, tensor: string): string {
  return stabiliserOf(graph, tensor)?.scores ?? tensor;
}

/**
 * The scores of a softmax with more in its sum than their exponentials, and the logit of that rest: ln c of a number c, 0 where the rest is
 * exp(−m) and m was taken off the scores. Undefined where it is another for each row.
 */
export function scoresWithRest(graph: Graph, input: string, rest: string): { readonly scores: string; readonly logit: number } | undefined {
  const value = graph.number(rest);
  if (value !== undefined) return value > 0 ? { scores: input, logit: Math.log(value) } : undefined;
  const taken = stabiliserOf(graph, input);
  const exponential = madeBy(graph, rest, ['Exp']);
  const negated = exponential && graph.maker(exponential.inputs[0] ?? '');
  const isOpposite = negated?.op === 'Neg' || (negated?.op === 'Sub' && graph.number(negated.inputs[0] ?? '') === 0);
  return taken && isOpposite && negated.inputs.at(-1) === taken.largest ? { scores: taken.scores, logit: 0 } : undefined;
}
