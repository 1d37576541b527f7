// How one operation is computed: from the numbers of its inputs to those of its outputs.

import type { Attribute } from '../file/messages/parts';
import type { OnnxNode } from '../file/model';
import { type Value, valueWith } from './value';

export interface Call {
  readonly node: OnnxNode;
  /** One per input; undefined where it is left out. */
  readonly inputs: readonly (Value | undefined)[];
}

/** The first output, or all of them in order; undefined where it cannot be computed: never a guess. */
export type Operation = (call: Call) => Value | readonly Value[] | undefined;

export const attributeOf = (node: OnnxNode, name: string): Attribute | undefined => node.attributes.get(name);

/** A list of whole numbers that older versions have as an attribute and newer ones as an input. */
export function listOf({ node, inputs }: Call, name: string, slot: number): number[] | undefined {
  const own = attributeOf(node, name);
  if (own) return [...own.ints];
  const given = inputs[slot];
  return given && [...given.data];
}

export const single = (numbers: readonly number[]): Value => valueWith([numbers.length], numbers);
