// A shape that a file makes from the length of its text, for rows that are no text: one text, as many tokens as there are rows.

import type { OnnxNode } from '../file/model';
import type { Graph } from './graph';
import type { Dims } from './shapes/dims';

/** What is known of the shape that a Reshape or Expand gives: by the shapes of the graph, else by the pieces that it is put together from. */
export function knownShape(graph: Graph, node: OnnxNode): Dims | undefined {
  const shape = graph.shapes.get(node.outputs[0] ?? '');
  const pieces = graph.maker(node.inputs[1] ?? '');
  if (pieces?.op !== 'Concat' || shape?.some((size) => size !== undefined)) return shape;
  const dims = pieces.inputs.flatMap((name): Dims => graph.constant(name)?.numbers ?? [undefined]);
  return shape === undefined || shape.length === dims.length ? dims : shape;
}

/**
 * The shape with one text for what is not known, and the rows for the last of it; where the file itself leaves one axis open, what is not
 * known is as long as it was before. Undefined where nothing is known.
 */
export function shapeOfRows(graph: Graph, node: OnnxNode): readonly number[] | undefined {
  const shape = knownShape(graph, node);
  const isOpen = shape?.includes(-1);
  const free = shape?.lastIndexOf(undefined);
  return shape?.map((size, axis) => size ?? (isOpen ? 0 : axis === free ? -1 : 1));
}
