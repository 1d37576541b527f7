// Shapes of products of matrices, in whatever precision.

import type { NodePart } from '../../file/messages/parts';
import { broadcast, type Dims, intOf, type ShapeContext, type ShapeRule } from './dims';

function matmulDims(node: NodePart, a: Dims, b: Dims): Dims | undefined {
  if (a.length < 2 || b.length < 2) return a.length === 1 && b.length >= 2 ? [...b.slice(0, -2), b.at(-1)] : undefined;
  const transA = node.attributes.get('transA')?.int === 1;
  const transB = node.attributes.get('transB')?.int === 1;
  return [...broadcast([a.slice(0, -2), b.slice(0, -2)]), a.at(transA ? -1 : -2), b.at(transB ? -2 : -1)];
}

function einsumDims(node: NodePart, lookup: ShapeContext['lookup']): Dims | undefined {
  const [left, right] = (node.attributes.get('equation')?.text ?? '').replace(/\s/g, '').split('->');
  if (left === undefined || right === undefined || left.includes('.')) return undefined;
  const sizes = new Map<string, number | undefined>();
  for (const [slot, letters] of left.split(',').entries())
    for (const [i, letter] of [...letters].entries()) sizes.set(letter, sizes.get(letter) ?? lookup(slot)?.[i]);
  return [...right].map((letter) => sizes.get(letter));
}

export const matMul: ShapeRule = ({ node, first, lookup }) => {
  const second = lookup(1);
  return first && second && matmulDims(node, first, second);
};

/** Four-bit weights: the width is said beside them. */
export const matMulBits: ShapeRule = ({ node, first }) => first && [...first.slice(0, -1), intOf(node, 'N')];

export const gemm: ShapeRule = ({ node, lookup }) => [undefined, lookup(1)?.[intOf(node, 'transB') === 1 ? 0 : 1]];

export const einsum: ShapeRule = ({ node, lookup }) => einsumDims(node, lookup);
