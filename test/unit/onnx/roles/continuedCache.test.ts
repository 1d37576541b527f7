import { describe, expect, it } from 'vitest';
import { readModel } from '../../../../src/onnx/file/readModel';
import { graphOf } from '../../../../src/onnx/graph/graphOf';
import { continuedCache } from '../../../../src/onnx/roles/continuedCache';
import { type NodeRow, onnxModel } from '../../../support/onnxWriter';

const cache = [1, 1, 4, 'p', 8] as const;
const inputs = { x: [1, 1, 4, 'n', 8], past: cache, other: cache } as const;
const found = (...nodes: NodeRow[]) =>
  continuedCache(
    graphOf(readModel(onnxModel({ nodes: [...nodes, ['Add', 'past other', 'unread']], inputs, outputs: ['present', 'unread'] }))),
    'present',
    new Set(['past', 'other']),
  );

describe('the earlier keys or values that an output goes on from', () => {
  const cases: readonly [string, NodeRow[], string | undefined][] = [
    ['those that the new ones are joined to', [['Concat', 'past x', 'present', { axis: 2 }]], 'past'],
    [
      'through another layout',
      [
        ['Transpose', 'past', 'turned', { perm: [0, 1, 3, 2] }],
        ['Concat', 'turned x', 'all', { axis: 3 }],
        ['Identity', 'all', 'present'],
      ],
      'past',
    ],
    ['output 1 of a fused operator', [['com.microsoft:GroupQueryAttention', 'x x x past other', 'y present values']], 'past'],
    ['output 2 of a fused operator', [['com.microsoft:GroupQueryAttention', 'x x x past other', 'y keys present']], 'other'],
    ['of multi-head attention', [['com.microsoft:MultiHeadAttention', 'x x x _ _ _ past other', 'y present values']], 'past'],
    ['of the standard operator', [['Attention', 'x x x _ past other', 'y keys present']], 'other'],
    [
      'none where it is computed from them',
      [
        ['Mul', 'past x', 'scaled'],
        ['Concat', 'scaled x', 'present', { axis: 2 }],
      ],
      undefined,
    ],
    ['none where there are two', [['Concat', 'past other', 'present', { axis: 2 }]], undefined],
    ['none where it holds only new ones', [['Identity', 'x', 'present']], undefined],
  ];
  it.each(cases)('%s', (_, nodes, expected) => expect(found(...nodes)).toBe(expected));
});
