import { describe, expect, it } from 'vitest';
import { readModel } from '../../../../src/onnx/file/readModel';
import { graphOf } from '../../../../src/onnx/graph/graphOf';
import { hiddenSum, isScalar, reconvergenceAt } from '../../../../src/onnx/graph/reconvergence';
import { type NodeRow, onnxModel } from '../../../support/onnxWriter';

const graphWith = (nodes: readonly NodeRow[]) =>
  graphOf(
    readModel(
      onnxModel({
        nodes: [['Gather', 'table ids', 'x'], ['Gather', 'table ids', 'other'], ...nodes, ['Add', 'y other', 'sum'], ['MatMul', 'sum wide', 'end']],
        floats: { table: [9, 4], cos: [9, 4], sin: [9, 4], wide: [4, 4], gamma: [4], beta: [4] },
        numbers: { two: 2 },
        outputs: ['end'],
      }),
    ),
  );

const turned: NodeRow[] = [
  ['Mul', 'x cos', 'a'],
  ['Neg', 'x', 'n'],
  ['Mul', 'n sin', 'b'],
];
const chain = (count: number, from: string): NodeRow[] =>
  Array.from({ length: count }, (_, i): NodeRow => ['Neg', i === 0 ? from : `c${i}`, i === count - 1 ? 'y' : `c${i + 1}`]);

describe('paths that part and meet again', () => {
  const cases: readonly [string, readonly NodeRow[], string | undefined][] = [
    ['two turns by tables are rotary', [...turned, ['Add', 'a b', 'y']], 'rotary from x, 4 nodes'],
    ['a division is none of a rotation', [...turned, ['Div', 'b sin', 'd'], ['Add', 'a d', 'y']], 'other from x, 5 nodes'],
    [
      'one turn is not enough',
      [
        ['Mul', 'x cos', 'a'],
        ['Add', 'a x', 'y'],
      ],
      'other from x, 2 nodes',
    ],
    [
      'factors of one number turn nothing',
      [
        ['Mul', 'x two', 'a'],
        ['Neg', 'x', 'n'],
        ['Mul', 'n two', 'b'],
        ['Add', 'a b', 'y'],
      ],
      'other from x, 4 nodes',
    ],
    [
      'parts that are only arranged',
      [
        ['Neg', 'x', 'n'],
        ['Identity', 'x', 'i'],
        ['Concat', 'n i', 'y', { axis: -1 }],
      ],
      'layout from x, 3 nodes',
    ],
    [
      'padding arranges, too',
      [
        ['Neg', 'x', 'n'],
        ['Pad', 'x', 'i'],
        ['Concat', 'n i', 'y', { axis: -1 }],
      ],
      'layout from x, 3 nodes',
    ],
    [
      'the nearest tensor that all of it flows through',
      [...turned, ['Add', 'a b', 'm'], ['Neg', 'm', 'o'], ['Concat', 'm o', 'y', { axis: -1 }]],
      'layout from m, 2 nodes',
    ],
    ['a few steps behind where they meet', [...turned, ['Add', 'a b', 'm'], ...chain(3, 'm')], 'rotary from x, 7 nodes'],
    ['many steps behind where they meet', [...turned, ['Add', 'a b', 'm'], ...chain(5, 'm')], undefined],
    ['one path only', chain(3, 'x'), undefined],
    [
      'a linear layer on one path',
      [
        ['MatMul', 'x wide', 'a'],
        ['Add', 'a x', 'y'],
      ],
      undefined,
    ],
    [
      'two tensors that do not meet',
      [
        ['Neg', 'x', 'a'],
        ['Add', 'a other', 'y'],
      ],
      undefined,
    ],
    [
      'rounding on one path',
      [
        ['QuantizeLinear', 'x two', 'a'],
        ['DequantizeLinear', 'a two', 'd'],
        ['Concat', 'd x', 'y', { axis: -1 }],
      ],
      'other from x, 3 nodes',
    ],
    ['more than eighty steps', [['Neg', 'x', 'n'], ...chain(90, 'n').slice(0, -1), ['Concat', 'c89 x', 'y', { axis: -1 }]], undefined],
  ];
  it.each(cases)('%s', (_, nodes, expected) => {
    const found = reconvergenceAt(graphWith(nodes), 'y');
    expect(found && `${found.kind} from ${found.entry}, ${found.nodes.length} nodes`).toBe(expected);
  });
});

describe('a tensor of one number', () => {
  it('is told by its shape', () => {
    const graph = graphWith([['Neg', 'x', 'y']]);
    expect(['two', 'gamma', 'y'].map((name) => isScalar(graph, name))).toEqual([true, false, false]);
  });
});

describe('the sum inside a fused norm', () => {
  const fused = (outputs: string) => {
    const graph = graphWith([['com.microsoft:SkipLayerNormalization', 'x other gamma beta', outputs]]);
    return hiddenSum(graph, graph.maker('y') as NonNullable<ReturnType<typeof graph.maker>>);
  };
  it('is the output that the file has', () => expect(fused('y _ _ inner')).toBe('inner'));
  it('is asked for where the file does not have it', () => expect(fused('y')).toMatch(/^inspector\/node2\.3$/));
});
