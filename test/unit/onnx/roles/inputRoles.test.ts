import { describe, expect, it } from 'vitest';
import { analyse } from '../../../../src/onnx/analyse';
import { readModel } from '../../../../src/onnx/file/readModel';
import { type NodeRow, onnxModel } from '../../../support/onnxWriter';

type Inputs = Readonly<Record<string, readonly (number | string)[]>>;
interface Draft {
  /** Makes `kk` from `k` (all keys), `v2` from `v`, `q2` from `q`; what is left out is passed on. */
  readonly between?: readonly NodeRow[];
  /** What keys and values are made from. */
  readonly keys?: string;
  readonly after?: readonly NodeRow[];
}

const passed = (rows: readonly NodeRow[], from: string, to: string): NodeRow[] =>
  rows.some((row) => row[2].split(' ').includes(to)) ? [] : [['Identity', from, to]];

/** One attention of a head over the rows `x` of the input `ids`; the role of the input `in`. */
function roleOf(dims: Inputs[string], { between = [], keys = 'x', after = [] }: Draft): string {
  const nodes: NodeRow[] = [
    ['Gather', 'words ids', 'x'],
    ['MatMul', 'x wq', 'q'],
    ['MatMul', `${keys} wk`, 'k'],
    ['MatMul', `${keys} wv`, 'v'],
    ...between,
    ...passed(between, 'q', 'q2'),
    ...passed(between, 'k', 'kk'),
    ...passed(between, 'v', 'v2'),
    ['Transpose', 'kk', 'kt', { perm: between.some((row) => row[1].includes('shape4')) ? [0, 1, 3, 2] : [0, 2, 1] }],
    ['MatMul', 'q2 kt', 's'],
    ...passed(between, 's', 's2'),
    ['Softmax', 's2', 'p', { axis: -1 }],
    ['MatMul', 'p v2', 'z'],
    ['MatMul', 'z wo', 'o'],
    ['Add', 'x o', 'y'],
    ...after,
  ];
  const sorted = [...nodes].sort((a, b) => nodes.indexOf(a) - nodes.indexOf(b));
  const bytes = onnxModel({
    nodes: sorted,
    floats: { words: [90, 4], wq: [4, 4], wk: [4, 4], wv: [4, 4], wo: [4, 4], up: [4, 9], turns: [64, 4], rates: [1, 1, 4] },
    ints: { shape4: [1, 1, -1, 4], zero: [0], far: [9999], one: [1] },
    numbers: { low: -10_000 },
    inputs: { ids: [7, 1, 'n'], in: dims } as never,
    outputs: [after.at(-1)?.[2] ?? 'y'],
  });
  return analyse(readModel(bytes)).inputs.find(({ name }) => name === 'in')?.role ?? 'none';
}

const four = (name: string, to: string): NodeRow => ['Reshape', `${name} shape4`, to];
const cached = (past: string, axis: number): NodeRow[] => [four('k', 'k4'), ['Concat', `${past} k4`, 'kk', { axis }], four('q', 'q2'), four('v', 'v2')];
const turned = (angles: NodeRow[]): NodeRow[] => [
  ...angles,
  ['Cos', 'angle', 'c'],
  ['Sin', 'angle', 'd'],
  ['Mul', 'q c', 'qa'],
  ['Neg', 'q', 'qn'],
  ['Mul', 'qn d', 'qb'],
  ['Add', 'qa qb', 'q2'],
  ['Mul', 'k c', 'ka'],
  ['Neg', 'k', 'kn'],
  ['Mul', 'kn d', 'kb'],
  ['Add', 'ka kb', 'kk'],
];
const angles: NodeRow[] = [
  ['Cast', 'in', 'f', { to: 1 }],
  ['Unsqueeze', 'f one', 'g'],
  ['Mul', 'g rates', 'angle'],
];

describe('the role of an input, by what the graph does with it', () => {
  const cases: readonly [string, Inputs[string], Draft, string][] = [
    ['keys and values are made from it, queries are not', [1, 1, 'm', 4], { keys: 'in' }, 'encoderStates'],
    ['four axes of it are no states of a text', [1, 1, 1, 'm', 4], { keys: 'in' }, 'unknown'],
    ['it stands before the new keys', [1, 1, 1, 'p', 4], { between: cached('in', 2) }, 'pastKeyValue'],
    ['three axes before the new keys are no cache', [1, 1, 'p', 4], { between: [['Concat', 'in k', 'kk', { axis: 1 }]] }, 'pairMask'],
    ['it turns queries and keys, for each text', [7, 1, 'n'], { between: turned(angles) }, 'positionIds'],
    ['it turns queries and keys, for all texts', [7, 'n'], { between: turned(angles) }, 'cachePosition'],
    ['it picks rows that turn', [7, 1, 'n'], { between: turned([['Gather', 'turns in', 'angle']]) }, 'positionIds'],
    ['a factor of the scores is no mask', [1], { between: [['Mul', 's in', 's2']] }, 'unknown'],
    ['a row of the scores is a mask', [1, 1, 'n'], { between: [['Add', 's in', 's2']] }, 'attentionMask'],
    ['yes and no for each token', [9, 1, 'n'], { between: [['Where', 'in s low', 's2']] }, 'attentionMask'],
    ['yes or no once', [9, 1], { between: [['Where', 'in s low', 's2']] }, 'useCacheBranch'],
    [
      'where the predictions begin',
      [7, 1],
      {
        after: [
          ['Slice', 'y in far one', 'cut'],
          ['MatMul', 'cut up', 'end'],
        ],
      },
      'logitsToKeep',
    ],
    [
      'numbers of a kind that no text has',
      [16, 1, 'n'],
      {
        between: [
          ['Cast', 'in', 'f', { to: 1 }],
          ['Add', 's f', 's2'],
        ],
      },
      'attentionMask',
    ],
    [
      'text',
      [8, 1, 'n'],
      {
        between: [
          ['Cast', 'in', 'f', { to: 1 }],
          ['Add', 's f', 's2'],
        ],
      },
      'unknown',
    ],
    ['nothing that is shown depends on it', [1, 1], { after: [['Mul', 'in in', 'end']] }, 'unused'],
  ];
  it.each(cases)('%s', (_, dims, draft, role) => expect(roleOf(dims, draft)).toBe(role));
});
