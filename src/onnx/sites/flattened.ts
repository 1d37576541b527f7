// A softmax over rows that were laid flat: [batch · head · query, key]. Scores and weights are the same numbers in the same order before
// and after, so that both are taken in the arrangement in which the weights mix the values.

import { int64 } from '../file/elementTypes';
import type { Graph } from '../graph/graph';
import { copies, reshaping } from '../graph/operations';
import type { ScorePath } from './scores/scorePath';
import type { SoftmaxLike } from './softmax/softmaxLike';
import type { Mix } from './weightsPath';

/** Whether the softmax is over rows laid flat, and nothing but the arrangement of its rows is changed afterwards. */
export function isFlattened(graph: Graph, softmax: SoftmaxLike, mix: Mix, pattern: string): boolean {
  if (graph.rank(softmax.input) !== 2 || (graph.rank(pattern) ?? 0) < 3) return false;
  return mix.path.every((node) => copies.has(node.op) || reshaping.has(node.op));
}

/** The way back to the product without what lays the scores flat; undefined where something else is done to the flat scores. */
export function beforeFlattening(path: ScorePath): ScorePath | undefined {
  const at = path.steps.findIndex(({ node }) => !copies.has(node.op));
  return at >= 0 && reshaping.has(path.steps[at]?.node.op ?? '') ? { ...path, steps: path.steps.slice(at + 1) } : undefined;
}

/** The flat scores arranged as the weights are. */
export function arrangedAs(graph: Graph, scores: string, pattern: string): string {
  const { sides } = graph;
  return sides.add({ op: 'Reshape', inputs: [scores, sides.add({ op: 'Shape', inputs: [pattern] }, int64)] }, graph.types.get(scores));
}
