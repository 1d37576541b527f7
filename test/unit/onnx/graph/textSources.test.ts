import { describe, expect, it } from 'vitest';
import { analyse } from '../../../../src/onnx/analyse';
import { readModel } from '../../../../src/onnx/file/readModel';
import { type NodeRow, onnxModel } from '../../../support/onnxWriter';

/** A softmax over queries and keys of `x`, which `before` makes of the ids (and of a float mask). */
function facts(before: readonly NodeRow[]) {
  const nodes: NodeRow[] = [
    ...before,
    ['MatMul', 'x wq', 'q'],
    ['MatMul', 'x wk', 'k'],
    ['Transpose', 'k', 'kt', { perm: [0, 2, 1] }],
    ['MatMul', 'q kt', 'r'],
    ['Add', 'r mask', 's'],
    ['Softmax', 's', 'p', { axis: -1 }],
    ['MatMul', 'p x', 'z'],
    ['MatMul', 'z wo', 'out'],
    ['Add', 'x out', 'y'],
  ];
  return analyse(
    readModel(
      onnxModel({
        nodes,
        floats: { table: [9, 4], wq: [4, 4], wk: [4, 4], wo: [4, 4] },
        numbers: { two: 2, none: 0 },
        ints: { last: [-1], rows: [9], depth: [9], values: [0, 1], flat: [-1, 9], whole: [1, -1, 4] },
        inputs: { ids: [7, 1, 'n'], mask: [1, 1, 1, 'n'] },
        outputs: ['y'],
      }),
    ),
  );
}

const embedded: NodeRow = ['Gather', 'table ids', 'e'];

describe('the text of a graph', () => {
  it.each<readonly [string, readonly NodeRow[]]>([
    ['divided by its own length', [embedded, ['ReduceL2', 'e', 'l', { axes: [-1] }], ['Clip', 'l two', 'c'], ['Div', 'e c', 'x']]],
    ['less its mean by another way', [embedded, ['GlobalAveragePool', 'e', 'm'], ['Sub', 'e m', 'x']]],
    ['bent', [embedded, ['Erf', 'e', 'b'], ['Mul', 'e b', 'x']]],
    ['chosen by a condition', [embedded, ['Cast', 'ids', 'c', { to: 9 }], ['Unsqueeze', 'c last', 'c1'], ['Where', 'c1 e none', 'x']]],
    [
      'looked up by GatherND',
      [
        ['Unsqueeze', 'ids last', 'i'],
        ['GatherND', 'table i', 'x'],
      ],
    ],
    [
      'looked up by ids that are counted from the end where they are negative',
      [
        ['Add', 'ids rows', 'i1'],
        ['Cast', 'ids', 'f', { to: 1 }],
        ['Less', 'f none', 'isLow'],
        ['Not', 'isLow', 'isHigh'],
        ['Cast', 'isHigh', 'h', { to: 7 }],
        ['Mul', 'ids h', 'i2'],
        ['Cast', 'isLow', 'l', { to: 7 }],
        ['Mul', 'l i1', 'i3'],
        ['Add', 'i3 i2', 'i'],
        ['Gather', 'table i', 'x'],
      ],
    ],
  ])('is what is looked up, %s', (_, before) => {
    const found = facts(before);
    expect(found.sites).toHaveLength(1);
    expect(found.inputs[0]?.role).toBe('tokenIds');
  });

  it.each<readonly [string, readonly NodeRow[], RegExp]>([
    [
      'the ids',
      [
        ['Cast', 'ids', 'f', { to: 1 }],
        ['Cos', 'f', 'x'],
      ],
      /^is reached by no text: ids goes into Cos node x and looks up no rows of a table$/,
    ],
    ['what the scores are made of', [['ConstantOfShape', 'rows', 'x']], /^is reached by no text: mask goes into Add node s/],
  ])('is missed with a reason that names %s', (_, before, reason) => {
    const found = facts(before);
    expect(found.sites).toHaveLength(0);
    expect(found.rejected[0]?.reason).toMatch(reason);
  });
});
