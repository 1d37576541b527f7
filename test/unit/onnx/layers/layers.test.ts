import { describe, expect, it } from 'vitest';
import type { Activation } from '../../../../src/core/names';
import { analyse } from '../../../../src/onnx/analyse';
import { readModel } from '../../../../src/onnx/file/readModel';
import { type NodeRow, onnxModel } from '../../../support/onnxWriter';

const head: readonly NodeRow[] = [
  ['Gather', 'table ids', 'x0'],
  ['MatMul', 'x0 early', 'b0'],
  ['Add', 'x0 b0', 'x'],
  ['MatMul', 'x wq', 'q'],
  ['MatMul', 'x wk', 'k'],
  ['MatMul', 'x wv', 'v'],
  ['Transpose', 'k', 'kt', { perm: [0, 2, 1] }],
  ['MatMul', 'q kt', 's'],
  ['Softmax', 's', 'p', { axis: -1 }],
  ['MatMul', 'p v', 'z'],
  ['MatMul', 'z wo', 'out'],
];

/** A layer of one head over a stream `x`, whose heads end in `out`; it leaves as `w`. */
function layerOf(nodes: readonly NodeRow[]) {
  const wide = Object.fromEntries(['early', 'wq', 'wk', 'wv', 'wo', 'up', 'down'].map((name) => [name, [4, 4]]));
  const bytes = onnxModel({
    nodes: [...head, ...nodes],
    floats: { table: [9, 4], ...wide, low: [4, 2], high: [2, 4], bias: [4] },
    numbers: { half: 0.5 },
    inputs: { ids: [7, 1, 'n'] },
    outputs: ['w'],
  });
  const { sites, blocks } = analyse(readModel(bytes));
  const captures = { ...sites[0]?.captures, ...blocks[0]?.captures };
  return (activation: Activation) => captures[activation]?.[0]?.tensor;
}

const joined: NodeRow = ['Add', 'x out', 'y'];
const branch = (from: string, to: string): NodeRow[] => [
  ['MatMul', `${from} low`, `${to}Low`],
  ['MatMul', `${to}Low high`, to],
];
const feedForward = (from: string): NodeRow[] => [
  ['MatMul', `${from} up`, 'pre'],
  ['Relu', 'pre', 'post'],
  ['MatMul', 'post down', 'f'],
];
const ended = (by: string): NodeRow => ['Add', by, 'w'];

type Expected = readonly [
  mid: string | undefined,
  post: string | undefined,
  mlpPre: string | undefined,
  mlpPost: string | undefined,
  mlpOut: string | undefined,
];

/** What is called resid_mid, resid_post, mlp_pre, mlp_post and mlp_out. */
const layers: readonly [string, readonly NodeRow[], Expected][] = [
  ['as usual', [joined, ...feedForward('y'), ended('y f')], ['y', 'w', 'pre', 'post', 'f']],
  [
    'a branch beside what the feed-forward part starts from',
    [joined, ...branch('y', 'b'), ['Add', 'y b', 'y2'], ...feedForward('y2'), ended('y f')],
    ['y', 'w', 'pre', 'post', 'f'],
  ],
  [
    'a branch beside the stream',
    [joined, ...branch('y', 'b'), ['Add', 'y b', 'y2'], ...feedForward('y'), ended('y2 f')],
    [undefined, undefined, undefined, undefined, undefined],
  ],
  ['the feed-forward part taken off the stream', [joined, ...feedForward('y'), ['Sub', 'y f', 'w']], [undefined, undefined, undefined, undefined, undefined]],
  ['the feed-forward part added to another tensor', [joined, ...feedForward('y'), ended('v f')], [undefined, undefined, undefined, undefined, undefined]],
  ['a stream that nothing reads', [joined, ...feedForward('v'), ['Relu', 'f', 'w']], [undefined, undefined, undefined, undefined, undefined]],
  [
    'a branch between the attention and the feed-forward part',
    [joined, ...branch('y', 'b'), ['Add', 'y b', 'y2'], ...feedForward('y2'), ended('y2 f')],
    ['y', undefined, undefined, undefined, undefined],
  ],
  [
    'a bias taken off, not added',
    [joined, ['MatMul', 'y up', 'raw'], ['Sub', 'bias raw', 'pre'], ['Relu', 'pre', 'post'], ['MatMul', 'post down', 'f'], ended('y f')],
    ['y', 'w', 'pre', 'post', 'f'],
  ],
  [
    'a product that a gate takes without its bias',
    [
      joined,
      ['MatMul', 'y up', 'raw'],
      ['Add', 'raw bias', 'pre'],
      ['Sigmoid', 'raw', 'gate'],
      ['Mul', 'pre gate', 'post'],
      ['MatMul', 'post down', 'f'],
      ended('y f'),
    ],
    ['y', 'w', undefined, 'post', 'f'],
  ],
  [
    'something else than a norm in the middle, a norm at the end',
    [joined, ['Tanh', 'y', 'm'], ...feedForward('m'), ['Add', 'm f', 'w0'], ['LayerNormalization', 'w0 bias', 'w']],
    ['m', undefined, 'pre', 'post', 'f'],
  ],
  ['nothing behind the attention', [joined, ['MatMul', 'y up', 'w']], ['y', 'y', undefined, undefined, undefined]],
  [
    'a branch beside the output of the feed-forward part',
    [joined, ...feedForward('y'), ...branch('f', 'b'), ['Add', 'f b', 'f2'], ended('y f2')],
    ['y', 'w', 'pre', 'post', 'f2'],
  ],
  [
    'a feed-forward part that bends nothing',
    [joined, ['MatMul', 'y up', 'pre'], ['MatMul', 'pre down', 'f'], ended('y f')],
    ['y', 'w', undefined, undefined, 'f'],
  ],
  [
    'a factor of the activation function before an output in two steps',
    [
      joined,
      ['MatMul', 'y up', 'pre'],
      ['Relu', 'pre', 'bent'],
      ['Mul', 'bent half', 'post'],
      ['MatMul', 'post down', 'f'],
      ...branch('f', 'b'),
      ['Add', 'f b', 'f2'],
      ended('y f2'),
    ],
    ['y', 'w', 'pre', 'post', 'f2'],
  ],
  ['an output of the feed-forward part in two steps', [joined, ...feedForward('y'), ...branch('f', 'b'), ended('y b')], ['y', 'w', 'pre', 'post', 'b']],
];

describe('what stands between an attention and the end of its layer', () => {
  it.each(layers)('%s', (_, nodes, expected) => {
    const named = layerOf(nodes);
    expect((['resid_mid', 'resid_post', 'mlp_pre', 'mlp_post', 'mlp_out'] as const).map(named)).toEqual(expected);
  });
});

describe('what an attention adds, and to what', () => {
  it.each<readonly [string, readonly NodeRow[], string | undefined, string | undefined]>([
    ['as usual', [joined, ['Relu', 'y', 'w']], 'x', 'out'],
    [
      'a branch of the stream beside it',
      [
        ['Add', 'out b0', 'o'],
        ['Add', 'x o', 'y'],
        ['Relu', 'y', 'w'],
      ],
      'x',
      'out',
    ],
    [
      'its output replaced by another tensor',
      [
        ['Add', 'x v', 'y'],
        ['Relu', 'y', 'w'],
      ],
      undefined,
      undefined,
    ],
  ])('%s', (_, nodes, stream, attnOut) => {
    const named = layerOf(nodes);
    expect([named('resid_pre'), named('attn_out')]).toEqual([stream, attnOut]);
  });
});
