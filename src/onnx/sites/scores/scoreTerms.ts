// What is added to scores: how it lies beside them, and what it is.

import type { CaptureRef } from '../../facts/captures';
import { int64 } from '../../file/elementTypes';
import type { Graph } from '../../graph/graph';

/** A term that is added, with the axes it has when it is aligned with a tensor of these axes. */
export function alignedTerm(graph: Graph, name: string, axes: string, whole: string): CaptureRef {
  const rank = graph.rank(name);
  const wholeRank = graph.rank(whole);
  const isGrouped = (wholeRank ?? 4) > 4;
  const named = axes.replace('*', '');
  if (rank !== undefined && !isGrouped && rank <= named.length) return [{ tensor: name, axes: rank === 0 ? '' : named.slice(-rank) }];
  if (rank !== undefined && !isGrouped && axes.includes('*')) return [{ tensor: name, axes }];
  const { sides } = graph;
  const shape = sides.add({ op: 'Shape', inputs: [whole] }, int64);
  return [{ tensor: sides.add({ op: 'Expand', inputs: [name, shape] }, graph.types.get(name)), axes }];
}

/** What a term is: a mask where it holds very negative numbers, a bias where it comes from weights. */
export function roleOf(graph: Graph, name: string): 'bias' | 'mask' | 'unknown' {
  if (graph.isContent(name)) return 'bias';
  let hasWeights = false;
  for (const one of graph.ancestors(name)) {
    const numbers = graph.isConstant(one) && (graph.shapes.get(one)?.length ?? 0) === 0 ? graph.constant(one)?.numbers : undefined;
    if (numbers?.some((value) => value <= -1000)) return 'mask';
    if (graph.model.initializers.has(one) && (graph.rank(one) ?? 0) >= 2) hasWeights = true;
  }
  return hasWeights ? 'bias' : 'unknown';
}
