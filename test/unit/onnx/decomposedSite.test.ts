import { describe, expect, it } from 'vitest';
import { analyse } from '../../../src/onnx/analyse';
import type { ScoreStep } from '../../../src/onnx/facts/site';
import { readModel } from '../../../src/onnx/file/readModel';
import { graphOf } from '../../../src/onnx/graph/graphOf';
import { type NodeRow, onnxModel } from '../../support/onnxWriter';

/** One head of width 4 over a looked-up text; `between` makes `p` from q, k (and v is there as well). */
function oneAttentionBytes(between: readonly NodeRow[], mix: readonly NodeRow[] = [['MatMul', 'p v', 'z']]) {
  return onnxModel({
    nodes: [
      ['Gather', 'table ids', 'x'],
      ['MatMul', 'x wq', 'q'],
      ['MatMul', 'x wk', 'k'],
      ['MatMul', 'x wv', 'v'],
      ...between,
      ...mix,
      ['MatMul', 'z wo', 'out'],
      ['Add', 'x out', 'y'],
    ],
    floats: { table: [9, 4], wq: [4, 4], wk: [4, 4], wv: [4, 4], wo: [4, 4], bias: [1, 9, 9], cos: [9, 4], sin: [9, 4], learned: [1, 1, 4] },
    numbers: { two: 2, one: 1, low: -10000, ten: 10, nought: 0, tiny: 1e-9, filling: 1.5 },
    ints: {
      half: [2],
      zero: [0],
      four: [4],
      last: [-1],
      cut: [-2],
      shape: [1, 1, -1, 4],
      flat: [-1, 9],
      single: [1, 1, 4],
      pads: [0, 0, 0, 0, 0, 1],
      pads2: [0, 0, 0, 0, 0, 2],
    },
    inputs: { ids: [7, 1, 'n'], mask: [1, 1, 1, 'n'] },
    outputs: ['y'],
  });
}

const oneAttention = (between: readonly NodeRow[], mix?: readonly NodeRow[]) => analyse(readModel(oneAttentionBytes(between, mix)));

const turned: NodeRow = ['Transpose', 'k', 'kt', { perm: [0, 2, 1] }];
const words = (steps: readonly ScoreStep[] | undefined) =>
  steps?.map((step) =>
    'by' in step && 'value' in step.by
      ? `${step.op} ${step.by.value}`
      : 'cap' in step && 'value' in step.cap
        ? `${step.op} ${step.cap.value}`
        : step.op === 'add' && step.subtract
          ? 'subtract'
          : step.op,
  );

/** Spelling → score steps and axes of q, k and pattern. */
const spellings: readonly [string, readonly NodeRow[], string[], string][] = [
  ['no scale', [turned, ['MatMul', 'q kt', 's'], ['Softmax', 's', 'p', { axis: -1 }]], [], '*qe *ek *qk'],
  ['scale after', [turned, ['MatMul', 'q kt', 'r'], ['Div', 'r two', 's'], ['Softmax', 's', 'p', { axis: -1 }]], ['divide 2'], '*qe *ek *qk'],
  ['scale on q before', [turned, ['Mul', 'q two', 'q2'], ['MatMul', 'q2 kt', 's'], ['Softmax', 's', 'p', { axis: -1 }]], ['multiply 2'], '*qe *ek *qk'],
  [
    'scale on both',
    [turned, ['Mul', 'q two', 'q2'], ['Mul', 'kt ten', 'k2'], ['MatMul', 'q2 k2', 's'], ['Softmax', 's', 'p', { axis: -1 }]],
    ['multiply 2', 'multiply 10'],
    '*qe *ek *qk',
  ],
  [
    'scale hidden in FusedMatMul',
    [
      ['com.microsoft:FusedMatMul', 'q k', 's', { transB: 1, alpha: { float: 0.5 } }],
      ['Softmax', 's', 'p', { axis: -1 }],
    ],
    ['multiply 0.5'],
    '*qe *ke *qk',
  ],
  [
    'mask added',
    [turned, ['MatMul', 'q kt', 'r'], ['Sub', 'one mask', 'm1'], ['Mul', 'm1 low', 'm'], ['Add', 'r m', 's'], ['Softmax', 's', 'p', { axis: -1 }]],
    ['add'],
    '*qe *ek *qk',
  ],
  ['mask subtracted', [turned, ['MatMul', 'q kt', 'r'], ['Sub', 'r mask', 's'], ['Softmax', 's', 'p', { axis: -1 }]], ['subtract'], '*qe *ek *qk'],
  [
    'mask chosen',
    [turned, ['MatMul', 'q kt', 'r'], ['Cast', 'mask', 'b', { to: 9 }], ['Where', 'b r low', 's'], ['Softmax', 's', 'p', { axis: -1 }]],
    ['where'],
    '*qe *ek *qk',
  ],
  [
    'soft cap',
    [turned, ['MatMul', 'q kt', 'r'], ['Div', 'r ten', 'c1'], ['Tanh', 'c1', 'c2'], ['Mul', 'c2 ten', 's'], ['Softmax', 's', 'p', { axis: -1 }]],
    ['softcap 10'],
    '*qe *ek *qk',
  ],
  [
    'Einsum',
    [
      ['Einsum', 'q k', 's', { equation: 'bqe,bke->bqk' }],
      ['Softmax', 's', 'p', { axis: -1 }],
    ],
    [],
    'hqe hke *qk',
  ],
  ['Exp of LogSoftmax', [turned, ['MatMul', 'q kt', 's'], ['LogSoftmax', 's', 'l', { axis: -1 }], ['Exp', 'l', 'p']], [], '*qe *ek *qk'],
  [
    'Exp ÷ sum',
    [
      turned,
      ['MatMul', 'q kt', 'r'],
      ['ReduceMax', 'r', 'top', { axes: [-1] }],
      ['Sub', 'r top', 's'],
      ['Exp', 's', 'e'],
      ['ReduceSum', 'e last', 'sum'],
      ['Div', 'e sum', 'p'],
    ],
    [],
    '*qe *ek *qk',
  ],
  [
    'a softmax of scores less the logarithm of their sum',
    [turned, ['MatMul', 'q kt', 's'], ['ReduceLogSumExp', 's', 'l', { axes: [-1] }], ['Sub', 's l', 'd'], ['Exp', 'd', 'p']],
    [],
    '*qe *ek *qk',
  ],
  [
    'a softmax of stabilised scores less the logarithm of their sum',
    [
      turned,
      ['MatMul', 'q kt', 's'],
      ['ReduceMax', 's', 'm', { axes: [-1] }],
      ['Sub', 's m', 'c'],
      ['Exp', 'c', 'e'],
      ['ReduceSum', 'e last', 'sum'],
      ['Log', 'sum', 'l'],
      ['Sub', 'c l', 'd'],
      ['Exp', 'd', 'p'],
    ],
    [],
    '*qe *ek *qk',
  ],
  [
    'a mask after the softmax, divided by what is left',
    [
      turned,
      ['MatMul', 'q kt', 's'],
      ['Softmax', 's', 'w', { axis: -1 }],
      ['Cast', 'mask', 'keep', { to: 9 }],
      ['Cast', 'keep', 'factor', { to: 1 }],
      ['Mul', 'w factor', 'wm'],
      ['ReduceSum', 'wm last', 'sum'],
      ['Div', 'wm sum', 'p'],
    ],
    ['where'],
    '*qe *ek *qk',
  ],
  [
    'rows laid flat around the softmax',
    [
      turned,
      ['MatMul', 'q kt', 'r'],
      ['Div', 'r two', 's3'],
      ['Reshape', 's3 flat', 's'],
      ['Softmax', 's', 'w', { axis: 1 }],
      ['Shape', 's3', 'n'],
      ['Reshape', 'w n', 'p'],
    ],
    ['divide 2'],
    '*qe *ek *qk',
  ],
  [
    'a choice between weights and 0, written as a sum of products',
    [
      turned,
      ['MatMul', 'q kt', 's'],
      ['Softmax', 's', 'w', { axis: -1 }],
      ['Mul', 'w mask', 'kept'],
      ['Sub', 'one mask', 'out0'],
      ['Mul', 'out0 nought', 'none'],
      ['Add', 'kept none', 'p'],
    ],
    [],
    '*qe *ek *qk',
  ],
];

/** What takes part beside the scores → the number that is its logit. */
const sinks: readonly [string, readonly NodeRow[], number | undefined][] = [
  [
    'one column of padding',
    [
      ['Pad', 'raw pads', 's'],
      ['Softmax', 's', 'wide', { axis: -1 }],
      ['Slice', 'wide zero last last', 'p'],
    ],
    0,
  ],
  [
    'two columns of 1.5',
    [
      ['Pad', 'raw pads2 filling', 's'],
      ['Softmax', 's', 'wide', { axis: -1 }],
      ['Slice', 'wide zero cut last', 'p'],
    ],
    1.5 + Math.log(2),
  ],
  [
    'one in the sum',
    [
      ['Exp', 'raw', 'e'],
      ['ReduceSum', 'e last', 'sum'],
      ['Add', 'sum one', 'more'],
      ['Div', 'e more', 'p'],
    ],
    0,
  ],
  [
    'exp(−m) in a stabilised sum',
    [
      ['ReduceMax', 'raw', 'm', { axes: [-1] }],
      ['Sub', 'raw m', 'c'],
      ['Exp', 'c', 'e'],
      ['ReduceSum', 'e last', 'sum'],
      ['Neg', 'm', 'mn'],
      ['Exp', 'mn', 'rest'],
      ['Add', 'sum rest', 'more'],
      ['Div', 'e more', 'p'],
    ],
    0,
  ],
  [
    'the largest value of another row taken off',
    [
      ['Add', 'raw one', 'other'],
      ['ReduceMax', 'other', 'm', { axes: [-1] }],
      ['Sub', 'raw m', 'c'],
      ['Exp', 'c', 'e'],
      ['ReduceSum', 'e last', 'sum'],
      ['Div', 'e sum', 'p'],
    ],
    undefined,
  ],
  [
    'an epsilon',
    [
      ['Exp', 'raw', 'e'],
      ['ReduceSum', 'e last', 'sum'],
      ['Add', 'sum tiny', 'more'],
      ['Div', 'e more', 'p'],
    ],
    undefined,
  ],
];

describe('more in a softmax than the scores of the tokens', () => {
  it.each(sinks)('%s', (_, nodes, logit) => {
    const model = readModel(oneAttentionBytes([turned, ['MatMul', 'q kt', 'raw'], ...nodes]));
    const [site] = analyse(model).sites;
    expect(site?.captures.scores?.[0]?.tensor).toBe('raw');
    const sink = site?.sink?.[0]?.tensor;
    expect(sink === undefined ? undefined : Number(/\]([\d.]+)$/.exec(graphOf(model).sides.maker(sink)?.inputs[0] ?? '')?.[1])).toEqual(logit);
  });
});

describe('a key and a value beside those of the tokens', () => {
  const joinedTo = (part: string): NodeRow[] => [
    ['Concat', `k ${part}`, 'k1', { axis: 1 }],
    ['Concat', `v ${part}`, 'v1', { axis: 1 }],
    ['Transpose', 'k1', 'kt', { perm: [0, 2, 1] }],
    ['MatMul', 'q kt', 's'],
    ['Softmax', 's', 'p', { axis: -1 }],
  ];
  it.each<readonly [string, readonly NodeRow[], boolean]>([
    ['of zeros, is a sink', [['ConstantOfShape', 'single', 'nil'], ...joinedTo('nil')], true],
    [
      'of zeros, as many as are known when it runs, is none',
      [['Shape', 'mask', 'm'], ['Slice', 'm zero last', 'any'], ['ConstantOfShape', 'any', 'nil'], ...joinedTo('nil')],
      false,
    ],
    ['of learned numbers, is none', joinedTo('learned'), false],
  ])('%s', (_, nodes, isSink) => {
    const [site] = oneAttention(nodes, [['MatMul', 'p v1', 'z']]).sites;
    expect([site?.sink !== undefined, site?.captures.v?.[0]?.tensor !== 'v1', site?.captures.pattern?.[0]?.tensor !== 'p']).toEqual([isSink, isSink, isSink]);
  });
});

describe('attention written out', () => {
  it.each(spellings)('%s', (_, nodes, steps, axes) => {
    const facts = oneAttention(nodes);
    const [site] = facts.sites;
    expect(facts.sites).toHaveLength(1);
    expect(words(site?.scoreSteps)).toEqual(steps);
    const { q, k, pattern } = site?.captures ?? {};
    expect([q, k, pattern].map((ref) => ref?.[0]?.axes).join(' ')).toBe(axes);
    expect(site?.captures.q?.[0]?.tensor).toBe('q');
    expect(site?.outputProjection?.output.tensor).toBe('out');
    expect(site?.residual?.skip.tensor).toBe('x');
    expect(facts.inputs[0]?.role).toBe('tokenIds');
  });

  it('reads the transposed order, softmax over the last axis but one', () => {
    const nodes: NodeRow[] = [
      ['Transpose', 'q', 'qt', { perm: [0, 2, 1] }],
      ['MatMul', 'k qt', 's'],
      ['Softmax', 's', 'p', { axis: -2 }],
      ['Transpose', 'v', 'vt', { perm: [0, 2, 1] }],
    ];
    const facts = oneAttention(nodes, [
      ['MatMul', 'vt p', 'z0'],
      ['Transpose', 'z0', 'z', { perm: [0, 2, 1] }],
    ]);
    const { q, k, v, pattern, z } = facts.sites[0]?.captures ?? {};
    expect([q, k, v, pattern, z].map((ref) => ref?.[0]?.axes)).toEqual(['*eq', '*ke', '*ek', '*kq', '*eq']);
  });

  const rotate = (name: string): NodeRow[] => [
    ['Slice', `${name} zero half last`, `${name}1`],
    ['Slice', `${name} half four last`, `${name}2`],
    ['Neg', `${name}2`, `${name}n`],
    ['Concat', `${name}n ${name}1`, `${name}h`, { axis: -1 }],
    ['Mul', `${name} cos`, `${name}c`],
    ['Mul', `${name}h sin`, `${name}s`],
    ['Add', `${name}c ${name}s`, `${name}r`],
  ];
  const product = (key: string): NodeRow[] => [
    ['Transpose', key, 'kt', { perm: [0, 2, 1] }],
    ['MatMul', 'qr kt', 's'],
    ['Softmax', 's', 'p', { axis: -1 }],
  ];
  it.each<readonly [string, readonly NodeRow[], readonly (string | undefined)[]]>([
    ['takes rotary encoding off q and k', product('kr'), ['q', expect.stringMatching(/./), 'qr', 'kt']],
    ['calls nothing k where a tanh stands behind its rotation', [['Tanh', 'kr', 'kb'], ...product('kb')], ['q', undefined, 'qr', 'kt']],
  ])('%s', (_, nodes, expected) => {
    const { q, k, rot_q, rot_k } = oneAttention([...rotate('q'), ...rotate('k'), ...nodes]).sites[0]?.captures ?? {};
    expect([q, k, rot_q, rot_k].map((ref) => ref?.[0]?.tensor)).toEqual(expected);
  });
});

describe('weights that are rounded before they mix', () => {
  const rounded: readonly NodeRow[] = [turned, ['MatMul', 'q kt', 's'], ['Softmax', 's', 'w', { axis: -1 }], ['QuantizeLinear', 'w one', 'w8']];
  it.each<readonly [string, readonly NodeRow[], string, string | undefined]>([
    ['are shown as softmax gave them', [['DequantizeLinear', 'w8 one', 'p']], 'w', 'p'],
    [
      'are not, where a factor changes them besides',
      [
        ['DequantizeLinear', 'w8 one', 'wd'],
        ['Mul', 'wd two', 'p'],
      ],
      'p',
      undefined,
    ],
  ])('%s', (_, nodes, pattern, asMixed) => {
    const [site] = oneAttention([...rounded, ...nodes]).sites;
    expect([site?.captures.pattern?.[0]?.tensor, site?.patternAsMixed?.[0]?.tensor]).toEqual([pattern, asMixed]);
  });
});

describe('what stands between the heads and the output projection', () => {
  const scores: readonly NodeRow[] = [turned, ['MatMul', 'q kt', 's'], ['Softmax', 's', 'p', { axis: -1 }]];
  it.each<readonly [string, readonly NodeRow[], boolean | undefined]>([
    ['nothing', [['MatMul', 'p v', 'z']], undefined],
    [
      'a factor for each column',
      [
        ['MatMul', 'p v', 'z0'],
        ['Mul', 'z0 cos', 'z'],
      ],
      true,
    ],
    [
      'a gate',
      [
        ['MatMul', 'p v', 'z0'],
        ['MatMul', 'x wq', 'g0'],
        ['Sigmoid', 'g0', 'g'],
        ['Mul', 'z0 g', 'z'],
      ],
      true,
    ],
  ])('%s', (_, mix, isMultiplied) => {
    const [site] = oneAttention(scores, mix).sites;
    expect(site?.outputProjection).toBeDefined();
    expect(site?.outputProjection?.isMultiplied).toBe(isMultiplied);
  });
});

describe('softmaxes that are no attention', () => {
  const rows: readonly [string, readonly NodeRow[], RegExp][] = [
    [
      'a router',
      [
        ['Softmax', 'q', 'p', { axis: -1 }],
        ['Identity', 'v', 'z'],
      ],
      /weights no second tensor: no product/,
    ],
    [
      'weights of two softmaxes that are subtracted',
      [
        turned,
        ['MatMul', 'q kt', 's'],
        ['Softmax', 's', 'p1', { axis: -1 }],
        ['Mul', 's two', 's2'],
        ['Softmax', 's2', 'p2', { axis: -1 }],
        ['Sub', 'p1 p2', 'p'],
        ['MatMul', 'p v', 'z'],
      ],
      /they go into Sub node p, /,
    ],
    [
      'a product of 8-bit numbers',
      [
        turned,
        ['MatMul', 'q kt', 's'],
        ['Softmax', 's', 'p', { axis: -1 }],
        ['QuantizeLinear', 'p one', 'p8'],
        ['QuantizeLinear', 'v one', 'v8'],
        ['QLinearMatMul', 'p8 one zero v8 one zero one zero', 'z8'],
        ['DequantizeLinear', 'z8 one', 'z'],
      ],
      /QLinearMatMul node z8, a product of 8-bit numbers/,
    ],
    [
      'pooling by a linear layer',
      [
        ['MatMul', 'x wq', 'g'],
        ['Softmax', 'g', 'p', { axis: -1 }],
        ['MatMul', 'p v', 'z'],
      ],
      /no product of queries and keys: they come from MatMul node g$/,
    ],
    ['dispatch over the queries', [turned, ['MatMul', 'q kt', 's'], ['Softmax', 's', 'p', { axis: -2 }], ['MatMul', 'p v', 'z']], /does not sum to 1/],
  ];
  it.each(rows)('%s', (_, nodes, reason) => {
    const facts = oneAttention(nodes, []);
    expect(facts.sites).toHaveLength(0);
    expect(facts.rejected[0]?.reason).toMatch(reason);
  });
});
