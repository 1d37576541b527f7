// The shape of each kind of operation, from the shapes and small constants of its inputs.

import { describe, expect, it } from 'vitest';
import type { NodePart } from '../../../../src/onnx/file/messages/parts';
import type { Dims } from '../../../../src/onnx/graph/shapes/dims';
import { shapeRules } from '../../../../src/onnx/graph/shapes/rules';

type Attributes = Readonly<Record<string, { readonly int?: number; readonly ints?: readonly number[]; readonly text?: string }>>;

interface Row {
  readonly op: string;
  readonly dims: readonly (Dims | undefined)[];
  readonly constants?: Readonly<Record<number, readonly number[]>>;
  readonly attributes?: Attributes;
}

function shapeOf({ op, dims, constants = {}, attributes = {} }: Row): Dims | undefined {
  const node = { op, inputs: dims.map((_, i) => `x${i}`), attributes: new Map(Object.entries(attributes)) } as unknown as NodePart;
  return shapeRules.get(op)?.({ node, first: dims[0], lookup: (slot) => dims[slot], constants: (slot) => constants[slot] });
}

const open = undefined;
const rows: readonly (readonly [string, Row, Dims | undefined])[] = [
  ['a function of each number', { op: 'Gelu', dims: [[2, open]] }, [2, open]],
  ['a sum of two that broadcast', { op: 'Add', dims: [[open, 3, 1], [4]] }, [open, 3, 4]],
  ['a sum with one of unknown rank', { op: 'Add', dims: [[2], open] }, open],
  [
    'a product',
    {
      op: 'MatMul',
      dims: [
        [open, 2, 3, 4],
        [4, 5],
      ],
    },
    [open, 2, 3, 5],
  ],
  ['a product of a row', { op: 'MatMul', dims: [[4], [2, 4, 5]] }, [2, 5]],
  [
    'a transposed product',
    {
      op: 'FusedMatMul',
      dims: [
        [3, 4],
        [5, 4],
      ],
      attributes: { transB: { int: 1 } },
    },
    [3, 5],
  ],
  ['four-bit weights', { op: 'MatMulNBits', dims: [[1, open, 64]], attributes: { N: { int: 96 } } }, [1, open, 96]],
  [
    'a Gemm',
    {
      op: 'Gemm',
      dims: [
        [open, 4],
        [6, 4],
      ],
      attributes: { transB: { int: 1 } },
    },
    [open, 6],
  ],
  [
    'letters',
    {
      op: 'Einsum',
      dims: [
        [1, 2, 3],
        [3, 4],
      ],
      attributes: { equation: { text: 'bqd, de -> bqe' } },
    },
    [1, 2, 4],
  ],
  ['letters with dots', { op: 'Einsum', dims: [[1, 2]], attributes: { equation: { text: '...i->...i' } } }, open],
  ['axes turned', { op: 'Transpose', dims: [[1, 2, 3]], attributes: { perm: { ints: [0, 2, 1] } } }, [1, 3, 2]],
  ['axes reversed', { op: 'Transpose', dims: [[1, 2, 3]] }, [3, 2, 1]],
  ['a shape with one free axis', { op: 'Reshape', dims: [[2, 3, 4], [3]], constants: { 1: [0, -1, 2] } }, [2, 6, 2]],
  ['a shape that is computed', { op: 'Reshape', dims: [[2, 3], [4]] }, [open, open, open, open]],
  ['an expansion', { op: 'Expand', dims: [[1, 3], [3]], constants: { 1: [5, 2, 1] } }, [5, 2, 3]],
  ['an axis more', { op: 'Unsqueeze', dims: [[2, 3], [1]], constants: { 1: [-1] } }, [2, 3, 1]],
  ['an axis less', { op: 'Squeeze', dims: [[2, 1, 3]], attributes: { axes: { ints: [1] } } }, [2, 3]],
  ['every axis of one less', { op: 'Squeeze', dims: [[2, 1, 1]] }, [2]],
  ['every axis of one less, of an open shape', { op: 'Squeeze', dims: [[open, 1]] }, open],
  [
    'parts joined',
    {
      op: 'Concat',
      dims: [
        [2, 3],
        [open, 4],
      ],
      attributes: { axis: { int: 1 } },
    },
    [2, 7],
  ],
  [
    'parts joined along an open axis',
    {
      op: 'Concat',
      dims: [
        [2, open],
        [2, 4],
      ],
      attributes: { axis: { int: -1 } },
    },
    [2, open],
  ],
  ['a part', { op: 'Split', dims: [[2, 6]], attributes: { axis: { int: 1 } } }, [2, open]],
  ['a slice', { op: 'Slice', dims: [[10, 4], [1], [1], [1]], constants: { 1: [2], 2: [-1], 3: [0] } }, [7, 4]],
  ['the last of an open axis', { op: 'Slice', dims: [[open, 4], [1], [1], [1]], constants: { 1: [-1], 2: [2 ** 31], 3: [0] } }, [1, 4]],
  ['a slice with steps', { op: 'Slice', dims: [[10], [1], [1], [1], [1]], constants: { 1: [0], 2: [10], 3: [0], 4: [2] } }, [open]],
  [
    'rows picked',
    {
      op: 'Gather',
      dims: [
        [100, 8],
        [1, open],
      ],
    },
    [1, open, 8],
  ],
  [
    'rows picked by places',
    {
      op: 'GatherND',
      dims: [
        [5, 6, 7],
        [3, 2],
      ],
    },
    [3, 7],
  ],
  [
    'rows picked in batches',
    {
      op: 'GatherND',
      dims: [
        [5, 6, 7],
        [5, 1],
      ],
      attributes: { batch_dims: { int: 1 } },
    },
    open,
  ],
  ['a sum over an axis that stays', { op: 'ReduceSum', dims: [[2, 3], [1]], constants: { 1: [-1] } }, [2, 1]],
  ['a mean over an axis that goes', { op: 'ReduceMean', dims: [[2, 3]], attributes: { axes: { ints: [1] }, keepdims: { int: 0 } } }, [2]],
  ['a sum over axes that are computed', { op: 'ReduceSum', dims: [[2, 3], [1]] }, open],
  ['how many axes there are', { op: 'Shape', dims: [[2, open, 4]], attributes: { start: { int: 1 } } }, [2]],
  ['a filled shape', { op: 'ConstantOfShape', dims: [[2]], constants: { 0: [3, 4] } }, [3, 4]],
  ['a fused attention', { op: 'MultiHeadAttention', dims: [[1, open, 64]] }, [1, open, open]],
  [
    'rows of a fused embedding',
    {
      op: 'EmbedLayerNormalization',
      dims: [
        [1, 5],
        [1, 5],
        [100, 64],
      ],
    },
    [open, open, 64],
  ],
];

describe('the shape of', () => {
  it.each(rows)('%s', (_, row, expected) => expect(shapeOf(row)).toEqual(expected));
});
