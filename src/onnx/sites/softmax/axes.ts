// The axis that a softmax or a sum goes over, counted from the end.

import type { OnnxNode } from '../../file/model';
import type { Graph } from '../../graph/graph';

function fromEnd(axis: number, rank: number | undefined): number | undefined {
  if (axis < 0) return axis;
  if (rank !== undefined) return axis - rank;
  return axis >= 3 ? -1 : undefined;
}

/** The one axis of a reduction; undefined where it has several. */
export function axisOfReduction(graph: Graph, node: OnnxNode): number | undefined {
  const axes = node.attributes.get('axes')?.ints ?? graph.constant(node.inputs[1] ?? '')?.numbers;
  return axes?.length === 1 ? fromEnd(axes[0] as number, graph.rank(node.inputs[0] ?? '')) : undefined;
}

/** The axis of Softmax and LogSoftmax, counted from the end. */
export function axisOf(graph: Graph, node: OnnxNode): number | undefined {
  const opset = graph.model.opsets.get('') ?? 0;
  return fromEnd(node.attributes.get('axis')?.int ?? (opset >= 13 ? -1 : 1), graph.rank(node.inputs[0] as string));
}
