// From what softmax receives back to the products of queries and keys that it may be made from.

import type { OnnxNode } from '../../file/model';
import type { Graph } from '../../graph/graph';
import { having } from '../../graph/operations';
import { axesBefore } from '../../graph/productAxes';
import { walkUp } from '../../graph/walk';

/** One node between the product and the scores, and the input through which the product comes. */
export interface PathStep {
  readonly node: OnnxNode;
  readonly from: string;
}

export interface ScorePath {
  readonly product: OnnxNode;
  /** From the scores down to the product. */
  readonly steps: readonly PathStep[];
}

const passing = new Set([
  ...having('sum', 'factor', 'bound', 'copy', 'reshaping', 'rounding'),
  ...['Where', 'Tanh', 'Neg', 'Concat', 'Slice', 'Split', 'Pad', 'Expand', 'Transpose', 'CastLike', 'ScatterND'],
]);
const detours = new Set(['Slice', 'Pad', 'Concat', 'Split', 'Expand', 'ScatterND']);
const candidateLimit = 8;
const deepest = 24;

/** Products of two tensors of text from which `scores` is made, best first. */
export function findScorePaths(graph: Graph, scores: string): ScorePath[] {
  const found: ScorePath[] = [];
  const seen = new Set<string>();
  const visit = (tensor: string, steps: readonly PathStep[]): void => {
    graph.spend();
    const node = graph.maker(tensor);
    if (!node || seen.has(tensor) || found.length >= candidateLimit || steps.length > deepest) return;
    seen.add(tensor);
    if (graph.isProduct(node)) found.push({ product: node, steps });
    else if (passing.has(node.op)) for (const from of graph.contentInputs(node)) visit(from, [...steps, { node, from }]);
  };
  visit(scores, []);
  const cost = (path: ScorePath) => path.steps.reduce((sum, { node }) => sum + (detours.has(node.op) ? 20 : 1), 0);
  return found.sort((a, b) => cost(a) - cost(b));
}

/** The first node back from the scores that is neither a step nor a product of two tensors of text; undefined where all end in inputs. */
export function whereScoresEnd(graph: Graph, scores: string): OnnxNode | undefined {
  return walkUp(graph, [scores], { limit: 200 }, (node, _, go) => {
    if (!node) return undefined;
    return passing.has(node.op) ? go(graph.contentInputs(node)) : node;
  });
}

/** Axes of the product's result from those of the scores; undefined where a step hides them. */
export function axesAtProduct(graph: Graph, path: ScorePath, scoresAxes: string): string | undefined {
  let axes: string | undefined = scoresAxes;
  for (const { node, from } of path.steps) axes = axes && axesBefore(node, axes, graph.rank(from));
  return axes;
}
