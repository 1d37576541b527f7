import { describe, expect, it } from 'vitest';
import { type AnalysisHints, analyse } from '../../../../src/onnx/analyse';
import { readModel } from '../../../../src/onnx/file/readModel';
import { type NodeRow, onnxModel } from '../../../support/onnxWriter';

type Inputs = Readonly<Record<string, readonly (number | string)[]>>;

/** One head of attention over `x`, which `before` makes; `mask` joins the scores where it is made. */
function rolesIn(before: readonly NodeRow[], inputs: Inputs, hints: AnalysisHints = {}, scores = 's0'): Record<string, string> {
  const bytes = onnxModel({
    nodes: [
      ...before,
      ['MatMul', 'x wq', 'q'],
      ['MatMul', 'x wk', 'k'],
      ['MatMul', 'x wv', 'v'],
      ['Transpose', 'k', 'kt', { perm: [0, 2, 1] }],
      ['MatMul', 'q kt', 's0'],
      ...(scores === 's0' ? [] : ([['Add', 's0 bias', 's1']] as const)),
      ['Softmax', scores, 'p', { axis: -1 }],
      ['MatMul', 'p v', 'z'],
      ['MatMul', 'z wo', 'out'],
      ['Add', 'x out', 'y'],
    ],
    floats: { words: [90, 4], places: [80, 4], kinds: [2, 4], turns: [64, 4], wq: [4, 4], wk: [4, 4], wv: [4, 4], wo: [4, 4] },
    numbers: { one: 1, low: -10000 },
    ints: { axis: [1], flat: [-1], two: [2] },
    inputs: Object.fromEntries(Object.entries(inputs)) as never,
    outputs: ['y'],
  });
  return Object.fromEntries(analyse(readModel(bytes), hints).inputs.map(({ name, role }) => [name, role]));
}

const words: NodeRow = ['Gather', 'words a', 'x'];
const list = [7, 1, 'n'] as const;
const sum = (second: string, ids = 'a'): NodeRow[] => [
  ['Gather', `words ${ids}`, 'rows'],
  ['Gather', `${second} b`, 'more'],
  ['Add', 'rows more', 'x'],
];
const bias: NodeRow[] = [words, ['Cast', 'm', 'mf', { to: 1 }], ['Sub', 'one mf', 'off'], ['Mul', 'off low', 'bias']];

describe('what an input is for', () => {
  const rows: readonly (readonly [string, readonly NodeRow[], Inputs, AnalysisHints, string, Record<string, string>])[] = [
    ['rows of the largest table are tokens', sum('kinds'), { a: list, b: list }, {}, 's0', { a: 'tokenIds', b: 'feature' }],
    [
      'the table that holds the tokens is theirs, also where it is the smaller one',
      sum('places'),
      { a: list, b: list },
      { tokenCount: 78 },
      's0',
      { a: 'unknown', b: 'unknown' },
    ],
    [
      'two tables that both hold the tokens are told by a name',
      sum('places', 'input_ids'),
      { input_ids: list, b: list },
      { tokenCount: 78 },
      's0',
      { input_ids: 'tokenIds', b: 'feature' },
    ],
    ['the tightest table that holds the tokens is theirs', sum('places'), { a: list, b: list }, { tokenCount: 85 }, 's0', { a: 'tokenIds', b: 'feature' }],
    ['what joins the scores may be a mask', bias, { a: list, m: list }, {}, 's1', { a: 'tokenIds', m: 'attentionMask' }],
    ['a table of queries by keys is no list', bias, { a: list, m: [7, 'n', 'n'] }, {}, 's1', { a: 'tokenIds', m: 'pairMask' }],
    ['what only goes through is not used', [words, ['Identity', 'u', 'through']], { a: list, u: [7, 'b'] }, {}, 's0', { a: 'tokenIds', u: 'unused' }],
    [
      'a shape alone is use',
      [words, ['Shape', 'm', 'size'], ['Slice', 'turns axis two', 'cut'], ['ConstantOfShape', 'size', 'bias']],
      { a: list, m: list },
      {},
      's1',
      { a: 'tokenIds', m: 'attentionMask' },
    ],
  ];
  it.each(rows)('%s', (_name, before, inputs, hints, scores, roles) => {
    expect(rolesIn(before, inputs, hints, scores)).toEqual(roles);
  });
});
