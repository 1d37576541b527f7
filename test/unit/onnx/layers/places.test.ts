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
  return analyse(
    readModel(
      onnxModel({ nodes, floats: { table: [9, 4], secondTable: [9, 4], norm: [4], ...wide }, numbers: { half: 0.5 }, ints: { axis: [1] }, inputs, outputs }),
    ),
  );
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

describe('which layer, where something stands in the way of the stream', () => {
  const layersOf = (nodes: readonly NodeRow[], outputs: readonly string[]) => factsOf(nodes, outputs).sites.map(({ layer }) => layer);
  it.each<readonly [string, readonly NodeRow[]]>([
    ['a norm', [['LayerNormalization', 'b norm norm', 'n']]],
    ['a factor', [['Mul', 'b half', 'n']]],
    ['a bias', [['Add', 'b norm', 'n']]],
    [
      'a branch that is added',
      [
        ['MatMul', 'b up', 'm'],
        ['Add', 'b m', 'n'],
      ],
    ],
  ])('%s', (_, between) => expect(layersOf([text('x'), ...attention('a', 'x', 'b'), ...between, ...attention('e', 'n', 'f')], ['f'])).toEqual([0, 1]));
  it('no stream at all: by the inputs that the queries depend on', () => {
    const without = (name: string, from: string) => attention(name, from, `${name}sum`).slice(0, -1);
    expect(layersOf([text('x'), ...without('a', 'x'), ...without('e', 'x')], ['a', 'e'])).toEqual([0, 1]);
  });
});

describe('the map from the output of the feed-forward part to what is added', () => {
  const named = (nodes: readonly NodeRow[]) => factsOf([text('x'), ...attention('a', 'x', 'b'), ...nodes], ['w']).blocks[0];
  const part: NodeRow[] = [
    ['MatMul', 'b up', 'c1'],
    ['Relu', 'c1', 'c2'],
    ['MatMul', 'c2 down', 'c'],
  ];
  it('none where it is added as it is', () =>
    expect(named([...part, ['Add', 'b c', 'w']])?.end).toMatchObject({ skip: { tensor: 'b' }, added: { tensor: 'c' } }));
  it('over a norm', () => {
    const block = named([...part, ['LayerNormalization', 'c norm norm', 'n'], ['Add', 'b n', 'w']]);
    expect([block?.captures.mlp_out?.[0]?.tensor, block?.end?.added.tensor, block?.end?.map]).toEqual(['c', 'n', { from: 'c', to: 'n' }]);
  });
  it('over a factor', () => {
    const block = named([...part, ['Mul', 'c half', 'n'], ['Add', 'b n', 'w']]);
    expect([block?.captures.mlp_out?.[0]?.tensor, block?.end?.added.tensor]).toEqual(['c', 'n']);
  });
  it('what a gate multiplies stands beside the activation function', () => {
    const block = named([
      ['MatMul', 'b up', 'c1'],
      ['MatMul', 'b down', 'g'],
      ['Sigmoid', 'c1', 's'],
      ['Mul', 's g', 'c2'],
      ['MatMul', 'c2 down', 'c'],
      ['Add', 'b c', 'w'],
    ]);
    expect([block?.captures.mlp_pre?.[0]?.tensor, block?.activation?.beside?.tensor]).toEqual(['c1', 'g']);
  });
  it('two layers that bend are not one', () => {
    const two = named([
      ['MatMul', 'b up', 'c1'],
      ['MatMul', 'b down', 'g'],
      ['Sigmoid', 'c1', 's'],
      ['Tanh', 'g', 't'],
      ['Mul', 's t', 'c2'],
      ['MatMul', 'c2 down', 'c'],
      ['Add', 'b c', 'w'],
    ]);
    expect(two?.absent.mlp_pre).toBe('what enters the activation function is not one linear layer');
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

describe('rows of the token table', () => {
  const plain = attention('a', 'x', 'b');
  it('are embed where there is one table, and no part of a sum of two is', () => {
    const one = factsOf([text('x'), ...plain], ['b']);
    const both = factsOf([text('x1'), ['Gather', 'secondTable ids', 'x2'], ['Add', 'x1 x2', 'x'], ...plain], ['b']);
    expect(one.towers[0]?.captures.embed).toEqual([{ tensor: 'x', axes: '*td' }]);
    expect([both.towers[0]?.captures.embed, both.towers[0]?.absent.embed]).toEqual([undefined, 'the graph looks up token rows in more than one table']);
  });
});
