// Shapes of operations that take some of the numbers, or say how many there are.

import type { NodePart } from '../../file/messages/parts';
import { axisIn, type Dims, intOf, intsOf, type ShapeContext, type ShapeRule } from './dims';

function reduced(node: NodePart, shape: Dims, axes: readonly number[] | undefined): Dims {
  const list = (axes ?? []).map((axis) => axisIn(axis, shape.length));
  const isAll = list.length === 0;
  const keeps = (node.attributes.get('keepdims')?.int ?? 1) !== 0;
  return shape.flatMap((dim, i) => (isAll || list.includes(i) ? (keeps ? [1] : []) : [dim]));
}

function sliced(node: NodePart, shape: Dims, constants: ShapeContext['constants']): Dims {
  const starts = node.attributes.get('starts')?.ints ?? constants(1);
  const ends = node.attributes.get('ends')?.ints ?? constants(2);
  const axes = node.attributes.get('axes')?.ints ?? (node.inputs[3] ? constants(3) : starts?.map((_, i) => i));
  const steps = constants(4);
  if (!axes) return shape.map(() => undefined);
  return shape.map((dim, i) => {
    const at = axes.findIndex((axis) => axisIn(axis, shape.length) === i);
    if (at < 0) return dim;
    const [start, end, step] = [starts?.[at], ends?.[at], steps?.[at] ?? 1];
    if (start === undefined || end === undefined || step !== 1) return undefined;
    if (dim === undefined)
      return start < 0 && (end > 2 ** 30 || end === 0) ? -start : start >= 0 && end > start && end < 2 ** 20 && end - start === 1 ? 1 : undefined;
    const [from, to] = [Math.max(0, start < 0 ? start + dim : start), Math.min(dim, end < 0 ? end + dim : end)];
    return Math.max(0, to - from);
  });
}

/** How many dimensions a Shape node gives. */
function shapeLength(node: NodePart, rank: number | undefined): number | undefined {
  const start = node.attributes.get('start')?.int ?? 0;
  const end = node.attributes.get('end')?.int;
  if (rank === undefined) return end !== undefined && end >= 0 && start >= 0 ? Math.max(0, end - start) : undefined;
  const within = (at: number) => Math.min(rank, Math.max(0, at < 0 ? at + rank : at));
  return Math.max(0, within(end ?? rank) - within(start));
}

export const shape: ShapeRule = ({ node, first }) => [shapeLength(node, first?.length)];

export const slice: ShapeRule = ({ node, first, constants }) => first && sliced(node, first, constants);

export const gather: ShapeRule = ({ node, first, lookup }) => {
  const indices = lookup(1);
  const axis = first && axisIn(intOf(node, 'axis') ?? 0, first.length);
  return first && indices && axis !== undefined ? [...first.slice(0, axis), ...indices, ...first.slice(axis + 1)] : undefined;
};

export const gatherNd: ShapeRule = ({ node, first, lookup }) => {
  const depth = lookup(1)?.at(-1);
  const isPlain = (intOf(node, 'batch_dims') ?? 0) === 0;
  return first && depth !== undefined && isPlain ? [...(lookup(1) as Dims).slice(0, -1), ...first.slice(depth)] : undefined;
};

export const reduce: ShapeRule = ({ node, first, constants }) => {
  const axes = intsOf(node, 'axes') ?? constants(1);
  const isUnknown = node.inputs[1] !== undefined && node.inputs[1] !== '' && !axes;
  return first && !isUnknown ? reduced(node, first, axes) : undefined;
};
