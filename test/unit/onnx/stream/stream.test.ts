import { describe, expect, it } from 'vitest';
import { readModel } from '../../../../src/onnx/file/readModel';
import { graphOf } from '../../../../src/onnx/graph/graphOf';
import { nextAdd } from '../../../../src/onnx/stream/nextAdd';
import { relationTo, type StreamAdd, streamAddAt } from '../../../../src/onnx/stream/stream';
import { goesAround, isAddedTo, isDeadEnd } from '../../../../src/onnx/stream/streamWays';
import { type NodeRow, onnxModel } from '../../../support/onnxWriter';

/** A stream `x` to which `f` is added. */
function graphWith(nodes: readonly NodeRow[], outputs: readonly string[] = ['end']) {
  const bytes = onnxModel({
    nodes: [['Gather', 'table ids', 'x'], ['MatMul', 'x wide', 'f'], ...nodes],
    floats: { table: [9, 4], wide: [4, 4], up: [4, 4], gamma: [4], beta: [4], bias: [4], narrow: [4, 1] },
    numbers: { two: 2 },
    outputs,
  });
  return graphOf(readModel(bytes));
}
const nodeOf = (graph: ReturnType<typeof graphWith>, output: string) => graph.maker(output) as NonNullable<ReturnType<typeof graph.maker>>;
const sum: NodeRow = ['Add', 'x f', 'y'];
const addIn = (graph: ReturnType<typeof graphWith>, output = 'y') => streamAddAt(graph, nodeOf(graph, output)) as StreamAdd;

describe('an addition to the stream', () => {
  const cases: readonly [string, NodeRow, object | undefined][] = [
    ['two tensors of text', sum, { operands: ['x', 'f'], sum: 'y' }],
    [
      'a fused norm with its sum',
      ['com.microsoft:SkipLayerNormalization', 'x f gamma beta bias', 'y _ _ s'],
      { operands: ['x', 'f'], sum: 's', normed: 'y', bias: 'bias' },
    ],
    [
      'a fused norm whose sum is asked for',
      ['com.microsoft:SkipSimplifiedLayerNormalization', 'x f gamma bias', 'y'],
      { sum: 'inspector/node2.3', normed: 'y', bias: 'bias' },
    ],
    ['a bias is none', ['Add', 'f bias', 'y'], undefined],
    ['a tensor and itself are none', ['Add', 'x x', 'y'], undefined],
    ['another operation is none', ['Mul', 'x f', 'y'], undefined],
  ];
  it.each(cases)('%s', (_, row, expected) => {
    const graph = graphWith([row, ['Relu', 'y', 'end']]);
    const found = streamAddAt(graph, nodeOf(graph, 'y'));
    if (expected === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject(expected);
  });
});

describe('how a tensor stands to the stream after an addition', () => {
  const norm: NodeRow = ['LayerNormalization', 'y gamma beta', 'n'];
  const cases: readonly [string, readonly NodeRow[], string, string | undefined][] = [
    ['the sum', [], 'y', 'direct'],
    ['the sum in another layout', [['Transpose', 'y', 't', { perm: [0, 2, 1] }]], 't', 'direct'],
    ['after a norm', [norm], 'n', 'normed'],
    ['after another function of rows', [['Tanh', 'y', 'n']], 'n', 'normed'],
    [
      'a norm between two turns',
      [
        ['Transpose', 'y', 'a', { perm: [0, 2, 1] }],
        ['Transpose', 'a', 'b', { perm: [0, 2, 1] }],
        ['LayerNormalization', 'b gamma beta', 'n'],
      ],
      'n',
      'normed',
    ],
    ['after a linear layer', [['MatMul', 'y up', 'n']], 'n', undefined],
    ['the stream before', [], 'x', undefined],
    ['a norm of the stream before', [['LayerNormalization', 'x gamma beta', 'n']], 'n', undefined],
  ];
  it.each(cases)('%s', (_, nodes, operand, expected) => {
    const graph = graphWith([sum, ...nodes, ['Relu', operand, 'end']]);
    expect(relationTo(graph, operand, addIn(graph))).toBe(expected);
  });
  it('the norm that the operator makes as well', () => {
    const graph = graphWith([
      ['com.microsoft:SkipLayerNormalization', 'x f gamma beta', 'y _ _ s'],
      ['Relu', 'y', 'end'],
    ]);
    expect(relationTo(graph, 'y', addIn(graph))).toBe('normed');
  });
});

describe('the next addition', () => {
  const feed: NodeRow[] = [['MatMul', 'y up', 'g']];
  const cases: readonly [string, readonly NodeRow[], string | undefined][] = [
    ['to the sum', [...feed, ['Add', 'y g', 'end']], 'end: y + g, direct'],
    [
      'to the sum after a norm',
      [
        ['LayerNormalization', 'y gamma beta', 'n'],
        ['MatMul', 'n up', 'g'],
        ['Add', 'g n', 'end'],
      ],
      'end: n + g, normed',
    ],
    [
      'of what does not come from the sum',
      [
        ['MatMul', 'x up', 'g'],
        ['Add', 'y g', 'end'],
      ],
      'end: y + g, direct, parallel',
    ],
    [
      'not inside a norm that is written out',
      [
        ['Mul', 'y two', 'a'],
        ['Mul', 'y bias', 'b'],
        ['Add', 'a b', 'n'],
        ['MatMul', 'n up', 'g'],
        ['Add', 'y g', 'end'],
      ],
      'end: y + g, direct',
    ],
    ['not one in a branch that the stream goes around', [...feed, ['Add', 'y g', 'h'], ['MatMul', 'h up', 'i'], ['Add', 'y i', 'end']], 'end: y + i, direct'],
    ['none where nothing is added', [['MatMul', 'y up', 'end']], undefined],
    ['none where the stream is not an operand', [...feed, ['MatMul', 'g up', 'h'], ['Add', 'g h', 'end']], undefined],
  ];
  it.each(cases)('%s', (_, nodes, expected) => {
    const graph = graphWith([sum, ...nodes]);
    const found = nextAdd(graph, addIn(graph));
    expect(found && `${found.add.sum}: ${found.skip} + ${found.added}, ${found.relation}${found.isParallel ? ', parallel' : ''}`).toBe(expected);
  });
});

describe('ways of the stream', () => {
  it('past an addition and on behind it', () => {
    const around = graphWith([sum, ['MatMul', 'y up', 'g'], ['Add', 'y g', 'h'], ['MatMul', 'h up', 'i'], ['Add', 'y i', 'end']]);
    expect([goesAround(around, ['y'], nodeOf(around, 'h')), goesAround(around, ['y'], nodeOf(around, 'end'))]).toEqual([true, false]);
  });
  it('to no answer of the model', () => {
    const graph = graphWith([sum, ['MatMul', 'y up', 'lost'], ['Relu', 'x', 'end']]);
    expect([['y'], ['x'], ['end'], ['lost', 'end']].map((from) => isDeadEnd(graph, from))).toEqual([true, false, false, false]);
    expect(isDeadEnd(graphWith([sum, ['Split', 'y', 'end rest', { axis: -1 }]]), ['y'])).toBe(false);
  });
  it.each([
    [
      'something new',
      [
        ['MatMul', 'y up', 'g'],
        ['Add', 'y g', 'end'],
      ],
      true,
    ],
    [
      'its own rows after a function',
      [
        ['Mul', 'y bias', 'a'],
        ['Add', 'a y', 'end'],
      ],
      false,
    ],
    ['a bias', [['Add', 'y bias', 'end']], false],
    [
      'one number for each row',
      [
        ['MatMul', 'y narrow', 'g'],
        ['Add', 'y g', 'end'],
      ],
      false,
    ],
    [
      'something in a fused norm',
      [
        ['MatMul', 'x up', 'g'],
        ['com.microsoft:SkipLayerNormalization', 'y g gamma beta', 'end'],
      ],
      true,
    ],
    [
      'something behind an attention',
      [
        ['MatMul', 'y y', 'p'],
        ['Add', 'p x', 'end'],
      ],
      false,
    ],
  ] as readonly [string, readonly NodeRow[], boolean][])('to which is added: %s', (_, nodes, expected) => {
    expect(isAddedTo(graphWith([sum, ...nodes]), ['y'])).toBe(expected);
  });
});
