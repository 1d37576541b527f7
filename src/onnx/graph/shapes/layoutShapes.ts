// Shapes of operations that lay the same numbers out in another way, or repeat them.

import { axisIn, broadcast, type Dims, intOf, intsOf, type ShapeRule, unknownDims } from './dims';

function reshaped(shape: Dims | undefined, target: readonly number[]): Dims {
  const result = target.map((dim, i) => (dim === 0 ? shape?.[i] : dim < 0 ? undefined : dim));
  const free = target.indexOf(-1);
  if (free < 0 || !shape || shape.some((dim) => dim === undefined) || result.some((dim, i) => i !== free && dim === undefined)) return result;
  const all = (shape as number[]).reduce((a, b) => a * b, 1);
  const rest = result.reduce<number>((a, dim, i) => (i === free ? a : a * (dim as number)), 1);
  return result.map((dim, i) => (i === free && rest > 0 ? all / rest : dim));
}

function unsqueezed(shape: Dims, axes: readonly number[]): Dims {
  const rank = shape.length + axes.length;
  const added = new Set(axes.map((axis) => axisIn(axis, rank)));
  const rest = [...shape];
  return Array.from({ length: rank }, (_, i) => (added.has(i) ? 1 : rest.shift()));
}

export const transpose: ShapeRule = ({ node, first }) => {
  const perm = intsOf(node, 'perm') ?? [];
  if (perm.length === 0) return first && [...first].reverse();
  return perm.map((axis) => first?.[axis]);
};

export const reshape: ShapeRule = ({ first, lookup, constants }) => {
  const target = constants(1);
  const length = lookup(1)?.[0];
  if (target) return reshaped(first, target);
  return length === undefined ? undefined : unknownDims(length);
};

export const expand: ShapeRule = ({ first, lookup, constants }) => {
  const target = constants(1);
  const length = target?.length ?? lookup(1)?.[0];
  if (length === undefined) return undefined;
  const wanted: Dims = target ?? unknownDims(length);
  return first ? broadcast([first, wanted]) : wanted.map(() => undefined);
};

export const unsqueeze: ShapeRule = ({ node, first, constants }) => {
  const axes = intsOf(node, 'axes') ?? constants(1);
  return first && axes && unsqueezed(first, axes);
};

export const squeeze: ShapeRule = ({ node, first, constants }) => {
  const axes = (intsOf(node, 'axes') ?? (node.inputs[1] ? constants(1) : undefined))?.map((axis) => (first ? axisIn(axis, first.length) : axis));
  if (!first) return undefined;
  return axes ? first.filter((_, i) => !axes.includes(i)) : first.every((dim) => dim !== undefined) ? first.filter((dim) => dim !== 1) : undefined;
};

export const concat: ShapeRule = ({ node, lookup }) => {
  const shapes = node.inputs.map((_, i) => lookup(i));
  const known = shapes.find((shape) => shape !== undefined);
  if (!known) return undefined;
  const axis = axisIn(intOf(node, 'axis') ?? 0, known.length);
  const total = shapes.reduce<number | undefined>(
    (sum, shape) => (sum === undefined || shape?.[axis] === undefined ? undefined : sum + (shape[axis] as number)),
    0,
  );
  return known.map((dim, i) => (i === axis ? total : (dim ?? shapes.find((shape) => shape?.[i] !== undefined)?.[i])));
};

export const split: ShapeRule = ({ node, first }) => first?.map((dim, i) => (i === axisIn(intOf(node, 'axis') ?? 0, first.length) ? undefined : dim));

export const constantOfShape: ShapeRule = ({ first, constants }) => {
  const target = constants(0);
  const length = target?.length ?? first?.[0];
  return target ?? (length === undefined ? undefined : unknownDims(length));
};
