import { describe, expect, it } from 'vitest';
import { readModel } from '../../../../src/onnx/file/readModel';
import { graphOf } from '../../../../src/onnx/graph/graphOf';
import { findProjection } from '../../../../src/onnx/sites/followOutput';
import { type NodeRow, onnxModel } from '../../../support/onnxWriter';

const perm = (...order: number[]) => ({ perm: order });
const merged: NodeRow[] = [
  ['Transpose', 'z', 't', perm(0, 2, 1, 3)],
  ['Reshape', 't flat', 'm'],
];

const head: NodeRow[] = [
  ['Gather', 'table ids', 'x'],
  ['MatMul', 'x wv', 'v'],
  ['Reshape', 'v split', 'heads'],
  ['Transpose', 'heads', 'z', perm(0, 2, 1, 3)],
  ['Tanh', 'z', 'other'],
];

const normed = (from: string): NodeRow[] => [
  ['LayerNormalization', `${from} gamma beta`, 'n'],
  ['Transpose', 'n', 't', perm(0, 2, 1, 3)],
  ['Reshape', 't flat', 'm'],
  ['MatMul', 'm wo', 'out'],
];

/** `z` [1, head, token, e] is the head mix; what follows it is given. */
function projectionOf(nodes: readonly NodeRow[]) {
  const graph = graphOf(
    readModel(
      onnxModel({
        nodes: [...head, ...nodes, ['Identity', 'out', 'end']],
        floats: { table: [9, 8], wv: [8, 8], wo: [8, 8], bias: [8], gate: [2, 1, 1], gamma: [4], beta: [4] },
        ints: { flat: [1, -1, 8], back: [-1, 1, 8], split: [1, -1, 2, 4] },
        numbers: { two: 2, zero: 0 },
        inputs: { ids: [7, 1, 'n'] },
        outputs: ['end'],
      }),
    ),
  );
  const found = findProjection(graph, 'z');
  return (
    found && {
      input: found.linear.input.tensor,
      seen: found.linear.inputAsSeen?.tensor,
      between: found.between,
      first: found.isTokenFirst,
      multiplied: found.linear.isMultiplied,
    }
  );
}

describe('from the head mix to the output projection', () => {
  const plain = { input: 'm', seen: undefined, between: undefined, first: false, multiplied: undefined };
  const cases: readonly [string, readonly NodeRow[], unknown][] = [
    ['heads merged', [...merged, ['MatMul', 'm wo', 'out']], plain],
    ['a bias comes later', [...merged, ['MatMul', 'm wo', 'p'], ['Add', 'p bias', 'out']], plain],
    [
      'tokens first',
      [
        ['Transpose', 'z', 't', perm(2, 0, 1, 3)],
        ['Reshape', 't back', 'm'],
        ['MatMul', 'm wo', 'out'],
      ],
      { ...plain, first: true },
    ],
    [
      'joined with another branch',
      [...merged, ['Reshape', 'other flat', 'o'], ['Concat', 'm o', 'c', { axis: -1 }], ['MatMul', 'c wo', 'out']],
      { ...plain, input: 'c', between: 'another branch' },
    ],
    ['joined with nothing of the text', [...merged, ['Concat', 'm', 'c', { axis: -1 }], ['MatMul', 'c wo', 'out']], { ...plain, input: 'c' }],
    [
      'a norm of the heads',
      [
        ['LayerNormalization', 'z gamma beta', 'n'],
        ['Transpose', 'n', 't', perm(0, 2, 1, 3)],
        ['Reshape', 't flat', 'm'],
        ['MatMul', 'm wo', 'out'],
      ],
      { ...plain, between: 'a norm' },
    ],
    [
      'a gate of the text',
      [
        ['Sigmoid', 'other', 'g'],
        ['Mul', 'z g', 'n'],
        ...merged.map((row): NodeRow => [row[0], row[1].replace('z', 'n'), row[2], row[3]]),
        ['MatMul', 'm wo', 'out'],
      ],
      { ...plain, input: expect.stringMatching(/^inspector/), seen: 'm', multiplied: true },
    ],
    [
      'a factor for each head',
      [
        ['Mul', 'z gate', 'n'],
        ['Transpose', 'n', 't', perm(0, 2, 1, 3)],
        ['Reshape', 't flat', 'm'],
        ['MatMul', 'm wo', 'out'],
      ],
      { ...plain, input: expect.stringMatching(/^inspector/), seen: 'm', multiplied: true },
    ],
    ['a gate before a norm', [['Mul', 'z other', 'g'], ...normed('g')], { ...plain, between: 'a gate' }],
    ['a factor for each head before a norm', [['Mul', 'z gate', 'g'], ...normed('g')], { ...plain, between: 'a factor' }],
    ['one factor before a norm', [['Mul', 'z two', 'g'], ...normed('g')], { ...plain, between: 'a norm' }],
    ['a norm of rounded heads', [['QuantizeLinear', 'z two', 'r'], ['DequantizeLinear', 'r two', 'g'], ...normed('g')], { ...plain, between: 'a norm' }],
    [
      'rounded to 8 bits',
      [...merged, ['QuantizeLinear', 'm two', 'r'], ['DequantizeLinear', 'r two', 'd'], ['MatMul', 'd wo', 'out']],
      { ...plain, input: expect.stringMatching(/^inspector/), seen: 'd' },
    ],
    ['an activation function', [...merged, ['Relu', 'm', 'r'], ['MatMul', 'r wo', 'out']], undefined],
    [
      'more steps than any arrangement has',
      [...Array.from({ length: 21 }, (_, i): NodeRow => ['Identity', i === 0 ? 'z' : `i${i}`, `i${i + 1}`]), ['MatMul', 'i21 wo', 'out']],
      undefined,
    ],
    [
      'only looked at for its shape',
      [
        ['Shape', 'z', 's'],
        ['Reshape', 'other s', 'm'],
        ['MatMul', 'm wo', 'out'],
      ],
      undefined,
    ],
  ];
  it.each(cases)('%s', (_, nodes, expected) => expect(projectionOf(nodes)).toEqual(expected));
});
