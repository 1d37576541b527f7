// Dimensions, and what a rule for the shape of an operation is given.

import type { NodePart } from '../../file/messages/parts';

/** A dimension that varies is undefined. */
export type Dims = readonly (number | undefined)[];

export interface ShapeContext {
  readonly node: NodePart;
  /** Dimensions of the first input. */
  readonly first: Dims | undefined;
  /** Dimensions of the input at a slot; undefined where its rank is unknown. */
  readonly lookup: (slot: number) => Dims | undefined;
  /** Whole numbers of a small constant at a slot. */
  readonly constants: (slot: number) => readonly number[] | undefined;
}

/** Dimensions of the first output of a node; undefined where they do not follow. */
export type ShapeRule = (context: ShapeContext) => Dims | undefined;

export const axisIn = (axis: number, rank: number) => (axis < 0 ? axis + rank : axis);
export const intOf = (node: NodePart, name: string) => node.attributes.get(name)?.int;
export const intsOf = (node: NodePart, name: string) => node.attributes.get(name)?.ints;
/** So many dimensions of which nothing is known. */
export const unknownDims = (length: number): Dims => Array.from({ length }, () => undefined);

/** Dimensions of elementwise operations, aligned at the end. */
export function broadcast(shapes: readonly Dims[]): Dims {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = shapes.map((shape) => (axis < rank - shape.length ? 1 : shape[axis - rank + shape.length]));
    const fixed = sizes.find((size) => size !== undefined && size !== 1);
    return fixed ?? (sizes.every((size) => size === 1) ? 1 : undefined);
  });
}
