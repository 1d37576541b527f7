import { describe, expect, it } from 'vitest';
import { analyse } from '../../../../src/onnx/analyse';
import { readModel } from '../../../../src/onnx/file/readModel';
import { type ModelDraft, type NodeRow, onnxModel } from '../../../support/onnxWriter';

/** Nodes of an attention of one head: `name` is what it adds to `from`; keys and values come from `keys`. */
const attention = (name: string, from: string, to: string, keys = from, before = `${name}z`): NodeRow[] => [
  ['MatMul', `${from} wq`, `${name}q`],
  ['MatMul', `${keys} wk`, `${name}k`],
  ['MatMul', `${keys} wv`, `${name}v`],
  ['Transpose', `${name}k`, `${name}kt`, { perm: [0, 2, 1] }],
  ['MatMul', `${name}q ${name}kt`, `${name}s`],
  ['Softmax', `${name}s`, `${name}p`, { axis: -1 }],
  ['MatMul', `${name}p ${name}v`, `${name}z`],
  ...(before === `${name}z` ? [] : ([['Relu', `${name}z`, before]] as const)),
  ['MatMul', `${before} wo`, name],
  ['Add', `${from} ${name}`, to],
];
const feed = (name: string, from: string, to: string): NodeRow[] => [
  ['MatMul', `${from} up`, `${name}1`],
  ['Relu', `${name}1`, `${name}2`],
  ['MatMul', `${name}2 down`, name],
  ['Add', `${from} ${name}`, to],
];
const text = (to: string, ids = 'ids'): NodeRow => ['Gather', `table ${ids}`, to];

function factsOf(nodes: readonly NodeRow[], outputs: readonly string[], inputs: ModelDraft['inputs'] = { ids: [7, 1, 'n'] }) {
  const wide = Object.fromEntries(['wq', 'wk', 'wv', 'wo', 'up', 'down'].map((name) => [name, [4, 4]]));
  return analyse(readModel(onnxModel({ nodes, floats: { table: [9, 4], ...wide }, ints: { axis: [1] }, inputs, outputs })));
}
const two = { ids: [7, 1, 'n'], other: [7, 1, 'm'] } as const;
const states = { ids: [7, 1, 'n'], states: [1, 1, 'm', 4] } as const;

describe('which tower and layer an attention is in', () => {
  const cases: readonly [string, readonly NodeRow[], readonly string[], ModelDraft['inputs'], string[]][] = [
    [
      'layers are counted along the stream',
      [text('x'), ...attention('a', 'x', 'b'), ...feed('c', 'b', 'd'), ...attention('e', 'd', 'f'), ...feed('g', 'f', 'h')],
      ['h'],
      undefined,
      ['encoder.0.self', 'encoder.1.self'],
    ],
    [
      'attentions without anything between are layers of their own',
      [text('x'), ...attention('a', 'x', 'b'), ...attention('e', 'b', 'f')],
      ['f'],
      undefined,
      ['encoder.0.self', 'encoder.1.self'],
    ],
    [
      'self- and cross-attention of a decoder stand in one layer',
      [
        text('x'),
        ...attention('a', 'x', 'b'),
        ...attention('e', 'b', 'f', 'states'),
        ...feed('g', 'f', 'h'),
        ...attention('i', 'h', 'j'),
        ...attention('k', 'j', 'l', 'states'),
        ...feed('m', 'l', 'n'),
      ],
      ['n'],
      states,
      ['decoder.0.self', 'decoder.0.cross', 'decoder.1.self', 'decoder.1.cross'],
    ],
    [
      'two towers in one file are told by who reads whom',
      [
        text('x'),
        text('y', 'other'),
        ...attention('a', 'x', 'b'),
        ...feed('c', 'b', 'd'),
        ...attention('e', 'y', 'f'),
        ...attention('g', 'f', 'h', 'd'),
        ...feed('i', 'h', 'j'),
      ],
      ['j'],
      two,
      ['encoder.0.self', 'decoder.0.self', 'decoder.0.cross'],
    ],
    [
      'two texts that do not read each other are counted on',
      [text('x'), text('y', 'other'), ...attention('a', 'x', 'b'), ...attention('e', 'y', 'f')],
      ['b', 'f'],
      two,
      ['encoder.0.self', 'encoder.1.self'],
    ],
  ];
  it.each(cases)('%s', (_, nodes, outputs, inputs, expected) => {
    const { sites } = factsOf(nodes, outputs, inputs);
    expect(sites.map(({ tower, layer, kind }) => `${tower}.${layer}.${kind}`)).toEqual(expected);
  });
});

describe('what is not there, and why', () => {
  const absent = (nodes: readonly NodeRow[], outputs: readonly string[]) => factsOf(nodes, outputs).sites[0]?.absent;
  it('says nothing of what is there', () => expect(absent([text('x'), ...attention('a', 'x', 'b')], ['b'])?.result).toBeUndefined());
  it('an activation function between the heads and what is added', () => {
    expect(absent([text('x'), ...attention('a', 'x', 'b', 'x', 'az2')], ['b'])).toMatchObject({ result: expect.any(String), attn_out: expect.any(String) });
  });
  it('a middle only where something follows the attention', () => {
    const alone = factsOf([text('x'), ...attention('a', 'x', 'b')], ['b']).sites[0];
    const fed = factsOf([text('x'), ...attention('a', 'x', 'b'), ...feed('c', 'b', 'd')], ['d']).blocks[0];
    expect(alone?.captures.resid_mid).toBeUndefined();
    expect(fed?.captures.resid_mid?.[0]?.tensor ?? fed?.captures.mlp_out?.[0]?.tensor).toBeDefined();
  });
});

describe('what stops the search for a feed-forward part', () => {
  const mlp = (nodes: readonly NodeRow[]) => factsOf([text('x'), ...attention('a', 'x', 'b'), ...nodes], ['w']).blocks[0]?.absent.mlp_out;
  const cases: readonly [string, readonly NodeRow[], string | undefined][] = [
    ['nothing, where there is one', feed('c', 'b', 'w'), undefined],
    ['there is none', [['Relu', 'b', 'w']], 'no feed-forward part was found after the attention'],
    [
      'tokens are mixed',
      [
        ['MatMul', 'b up', 'c1'],
        ['CumSum', 'c1 axis', 'c2'],
        ['MatMul', 'c2 down', 'c'],
        ['Add', 'b c', 'w'],
      ],
      'what follows the attention mixes tokens: it is no feed-forward part',
    ],
    [
      'it ends in no linear layer',
      [
        ['MatMul', 'b up', 'c1'],
        ['Relu', 'c1', 'c'],
        ['Add', 'b c', 'w'],
      ],
      'the feed-forward part does not end in one linear layer (a mixture of experts, a gate or a convolution)',
    ],
  ];
  it.each(cases)('%s', (_, nodes, expected) => expect(mlp(nodes)).toBe(expected));
});
