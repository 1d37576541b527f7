// Tensors replaced on their way, in a graph small enough to compute by hand: a = 2x, b = a + a, c = relu(a), d = b · c, l = (int64) a.

import { describe, expect, it } from 'vitest';
import { PartSessions } from '../../src/engine/session/partSessions';
import { PlannedSession } from '../../src/engine/session/plannedSession';
import type { Broadcast, Splicing } from '../../src/engine/session/splicing';
import { wasmRuntime } from '../../src/engine/session/wasmRuntime';
import { analyse } from '../../src/onnx/analyse';
import { readModel } from '../../src/onnx/file/readModel';
import { graphOf } from '../../src/onnx/graph/graphOf';
import { instrument } from '../../src/onnx/instrument/instrument';
import type { Splice } from '../../src/onnx/instrument/plan';
import { onnxModel } from '../support/onnxWriter';

const draft = {
  nodes: [
    ['Mul', 'x two', 'a'],
    ['Add', 'a a', 'b'],
    ['Relu', 'a', 'c'],
    ['Mul', 'b c', 'd'],
    ['Cast', 'a', 'l', { to: 7 }],
    ['Neg', 'l', 'm'],
    ['Abs', 'x', 'unread'],
  ],
  numbers: { two: 2 },
  inputs: { x: [1, 'n'] },
  outputs: ['b', 'd'],
} as const satisfies Parameters<typeof onnxModel>[0];

const bytes = onnxModel(draft);
const model = readModel(bytes);
const facts = analyse(model);
const content = { file: { path: 'tiny.onnx', role: 'model', external: [], sizeInBytes: bytes.length }, bytes, model, facts, external: new Map() } as const;

const all = (tensor: string): Splice => ({ tensor, readers: 'all' });
const row = (...values: number[]): Broadcast => ({ dims: [values.length], values });
const number = (value: number): Broadcast => ({ dims: [], values: [value] });
const on = (splice: Splice, value: Broadcast, mask = number(1)): Splicing => ({ ...splice, mask, value });

/** b and d, and what is captured, for x = 1, -2. */
async function answered(splicings: readonly Splicing[], captures: readonly string[] = []): Promise<Record<string, number[]>> {
  const session = await PlannedSession.create(content, new PartSessions(content, wasmRuntime), { captures, splices: splicings });
  const feeds = { x: { type: 'float32', dims: [2], data: Float32Array.from([1, -2]) } };
  const results = await session.run(feeds, { tensors: new Set(captures), outputs: ['b', 'd'], splicings });
  await session.release();
  return Object.fromEntries([...results].map(([name, { data }]) => [name, Array.from(data, Number)]));
}

describe('a tensor replaced on its way', () => {
  it('is as it was without splices', async () => expect(await answered([], ['a'])).toEqual({ a: [2, -4], b: [4, -8], d: [8, -0] }));

  const cases: readonly [string, readonly Splicing[], Record<string, number[]>][] = [
    ['switched off, whatever would take its place', [on(all('a'), number(Number.NaN), number(0))], { b: [4, -8], d: [8, -0] }],
    ['for all who read it', [on(all('a'), number(5))], { b: [10, 10], d: [50, 50] }],
    ['only where the mask is set', [on(all('a'), row(5, 6), row(0, 1))], { b: [4, 12], d: [8, 72] }],
    ['for one of its readers', [on({ tensor: 'a', readers: [{ node: 2, slot: 0 }] }, number(5))], { b: [4, -8], d: [20, -40] }],
    ['for one of two inputs of one node', [on({ tensor: 'a', readers: [{ node: 1, slot: 1 }] }, number(5))], { b: [7, 1], d: [14, 0] }],
    [
      'by two values, for different readers',
      [on({ tensor: 'a', readers: [{ node: 1, slot: 0 }] }, number(5)), on({ tensor: 'a', readers: [{ node: 2, slot: 0 }] }, number(3))],
      { b: [7, 1], d: [21, 3] },
    ],
    ['where it is an answer of the file and is read', [on(all('b'), number(1))], { b: [1, 1], d: [2, 0] }],
    ['where it is an answer that nothing reads', [on(all('d'), row(7, 8), row(1, 0))], { b: [4, -8], d: [7, -0] }],
    ['where it is an input of the file', [on(all('x'), number(3))], { b: [12, 12], d: [72, 72] }],
    ['behind another one', [on(all('a'), number(5)), on(all('b'), number(1), row(1, 0))], { b: [1, 10], d: [5, 50] }],
  ];
  it.each(cases)('%s', async (_, splicings, expected) => expect(await answered(splicings)).toMatchObject(expected));

  it('keeps its own name for what it was, beside what its readers get', async () => {
    const { a, 'inspector/splice0': read } = await answered([on(all('a'), number(5), row(1, 0))], ['a']);
    expect({ a, read }).toEqual({ a: [2, -4], read: [5, -4] });
  });

  it('is replaced for what is computed beside the graph, too', () => {
    const side = graphOf(model).sides.add({ op: 'Neg', inputs: ['a'] }, 1);
    const readers = (splice: Splice) =>
      readModel(instrument({ model, added: graphOf(model).sides }, { captures: [side], splices: [splice] }).bytes).nodes.find(
        ({ outputs }) => outputs[0] === side,
      )?.inputs;
    expect(readers(all('a'))).toEqual(['inspector/splice0']);
    expect(() => readers({ tensor: 'a', readers: [{ node: 2, slot: 0 }] })).toThrow('what is captured is computed from it beside the graph');
  });
});

describe('a tensor that cannot be replaced', () => {
  const inLoop = { ...model, nodes: model.nodes.map((node) => (node.op === 'Relu' ? { ...node, op: 'Loop', implicit: ['a'] } : node)) };
  const old = readModel(onnxModel({ ...draft, opset: 8 }));
  const cases: readonly [string, typeof model, readonly Splice[]][] = [
    ['two cannot be replaced on its way: it is a constant of the file', model, [all('two')]],
    ['z cannot be replaced on its way: the file has no such tensor', model, [all('z')]],
    ['l cannot be replaced on its way: its numbers are no float32 or float16', model, [all('l')]],
    ['unread cannot be replaced on its way: nothing reads it', model, [all('unread')]],
    ['a cannot be replaced on its way: input 1 of node 3 does not read it', model, [{ tensor: 'a', readers: [{ node: 3, slot: 1 }] }]],
    ['a cannot be replaced on its way: input 0 of node 1 would be replaced twice', model, [all('a'), { tensor: 'a', readers: [{ node: 1, slot: 0 }] }]],
    ['a cannot be replaced on its way: a branch or loop (Loop) reads it from outside', inLoop, [all('a')]],
    ['a cannot be replaced on its way: the file is written in opset 8, and it takes 9', old, [all('a')]],
  ];
  it.each(cases)('%s', (message, file, splices) => {
    expect(() => instrument({ model: file, added: graphOf(file).sides }, { captures: [], splices })).toThrow(message);
  });
});
