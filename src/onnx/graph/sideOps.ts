// Side nodes whose spelling depends on the opset: axes were an attribute first and became an input later.

import { int64 } from '../file/elementTypes';
import type { Graph } from './graph';

function withAxes(
  graph: Graph,
  op: string,
  tensor: string,
  options: { readonly axes: readonly number[]; readonly since: number; readonly keepdims?: number },
): string {
  const { sides } = graph;
  const { opsets } = graph.model;
  const { axes, since, keepdims } = options;
  const kept: Record<string, number> = keepdims === undefined ? {} : { keepdims };
  const type = graph.types.get(tensor) ?? sides.typeOf(tensor);
  if ((opsets.get('') ?? 0) < since) return sides.add({ op, inputs: [tensor], attributes: { axes, ...kept } }, type);
  return sides.add({ op, inputs: [tensor, sides.constant(axes, [axes.length], int64)], attributes: kept }, type);
}

export function unsqueezed(graph: Graph, tensor: string, axes: readonly number[]): string {
  return withAxes(graph, 'Unsqueeze', tensor, { axes, since: 13 });
}

/** Largest value over these axes, which are dropped. */
export function reducedMax(graph: Graph, tensor: string, axes: readonly number[]): string {
  return withAxes(graph, 'ReduceMax', tensor, { axes, since: 18, keepdims: 0 });
}
