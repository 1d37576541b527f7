// Row i and column j are tokens i and j: good graphs with one thing moved, whose numbers still agree with each other in every identity.
// None may be shown under the words of the text, and what is only mixed with its neighbours stays that token.

import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../src/core/problem';
import { ask } from '../../src/protocol/ask';
import { inspected } from '../support/memoryEngine';
import type { TestNode, TestTensor } from '../support/onnxBytes';
import { type After, type TinyOptions, tinyTransformer } from '../support/tinyTransformer';
import { wordTokenizer } from '../support/wordTokenizer';

const text = 'Server, can I have the check?';
const request = { activations: ['pattern', 'z'] } as const;

const list = (...nodes: readonly TestNode[]) => nodes;

const whole = (name: string, values: readonly number[], dims = [values.length]): TestTensor => ({ name, dims, data: BigInt64Array.from(values, BigInt) });

/** Rows (axis 1) from `start` in steps of `step`. */
const slice = (from: string, to: string, [start, end, step]: readonly [number, number, number]) => ({
  nodes: list({ op: 'Slice', inputs: [from, `${to}.start`, `${to}.end`, `${to}.axis`, `${to}.step`], outputs: [to] }),
  tensors: [whole(`${to}.start`, [start]), whole(`${to}.end`, [end]), whole(`${to}.axis`, [1]), whole(`${to}.step`, [step])],
});

const last = 2 ** 40;
const reversed: After = (from, to) => slice(from, to, [-1, -last, -1]);
const everySecond: After = (from, to) => slice(from, to, [0, last, 2]);

/** The last row first. */
const shifted: After = (from, to) => {
  const [end, rest] = [slice(from, `${to}.last`, [-1, last, 1]), slice(from, `${to}.rest`, [0, -1, 1])];
  const joined: TestNode = { op: 'Concat', inputs: [`${to}.last`, `${to}.rest`], outputs: [to], attributes: { axis: 1 } };
  return { nodes: list(...end.nodes, ...rest.nodes, joined), tensors: [...end.tensors, ...rest.tensors] };
};

/** By the size of a number in each row, as a learned order would. */
const sorted: After = (from, to) => ({
  nodes: list(
    { op: 'ReduceMax', inputs: [from], outputs: [`${to}.score`], attributes: { axes: [2], keepdims: 0 } },
    { op: 'Squeeze', inputs: [`${to}.score`, 'split.axis0'], outputs: [`${to}.list`] },
    { op: 'Shape', inputs: [`${to}.list`], outputs: [`${to}.count`] },
    { op: 'TopK', inputs: [`${to}.list`, `${to}.count`], outputs: [`${to}.values`, `${to}.order`] },
    { op: 'Gather', inputs: [from, `${to}.order`], outputs: [to], attributes: { axis: 1 } },
  ),
  tensors: to.endsWith('k.out') || to.startsWith('stream') ? [whole('split.axis0', [0])] : [],
});

/** Each row and the mean of all. */
const mixed: After = (from, to) => ({
  nodes: list(
    { op: 'ReduceMean', inputs: [from], outputs: [`${to}.mean`], attributes: { axes: [1] } },
    { op: 'Add', inputs: [from, `${to}.mean`], outputs: [to] },
  ),
});

/** The mean of two neighbours for both of them: as many keys as tokens, where there is an even number. */
const inPairs: After = (from, to) => ({
  nodes: list(
    { op: 'Reshape', inputs: [from, `${to}.pairs`], outputs: [`${to}.paired`] },
    { op: 'ReduceMean', inputs: [`${to}.paired`], outputs: [`${to}.mean`], attributes: { axes: [2] } },
    { op: 'Concat', inputs: [`${to}.mean`, `${to}.mean`], outputs: [`${to}.twice`], attributes: { axis: 2 } },
    { op: 'Reshape', inputs: [`${to}.twice`, `${to}.flat`], outputs: [to] },
  ),
  tensors: [whole(`${to}.pairs`, [0, -1, 2, 8]), whole(`${to}.flat`, [0, -1, 8])],
});

/** Each row and the two before it, by fixed weights. */
const convolved: After = (from, to) => ({
  nodes: list(
    { op: 'Transpose', inputs: [from], outputs: [`${to}.turned`], attributes: { perm: [0, 2, 1] } },
    { op: 'Conv', inputs: [`${to}.turned`, `${to}.kernel`], outputs: [`${to}.conv`], attributes: { group: 8, pads: [2, 0], kernel_shape: [3] } },
    { op: 'Transpose', inputs: [`${to}.conv`], outputs: [to], attributes: { perm: [0, 2, 1] } },
  ),
  tensors: [{ name: `${to}.kernel`, dims: [8, 1, 3], data: Float32Array.from({ length: 24 }, (_, i) => Math.sin(i + 1)) }],
});

/** Heads split off without the Transpose that should follow: rows that hold pieces of several tokens. */
const withoutTranspose =
  (input: string): After =>
  (_from, to) => ({ nodes: list({ op: 'Reshape', inputs: [input, `${to}.shape`], outputs: [to] }), tensors: [whole(`${to}.shape`, [0, 2, -1, 4])] });

/** Rows of the table for other ids than those of the text. */
const lookedUp =
  (ids: (to: string) => ReturnType<After>): After =>
  (_from, to) => {
    const { nodes, tensors = [] } = ids(`${to}.ids`);
    return { nodes: list(...nodes, { op: 'Gather', inputs: ['embedding', `${to}.ids`], outputs: [to] }), tensors };
  };

const nextId = (to: string): ReturnType<After> => ({
  nodes: list({ op: 'Add', inputs: ['input_ids', `${to}.one`], outputs: [`${to}.more`] }, { op: 'Mod', inputs: [`${to}.more`, `${to}.all`], outputs: [to] }),
  tensors: [whole(`${to}.one`, [1], []), whole(`${to}.all`, [16], [])],
});

async function outcomeOf(options: TinyOptions) {
  const files = { 'model.onnx': tinyTransformer(options), 'tokenizer.json': wordTokenizer() };
  try {
    const { run } = await inspected({ files }, { text, request, compareOutputs: false });
    return {
      state: run.badge.state,
      left: run.sites.filter((site) => site.closedBecause !== undefined).map((site) => site.layer),
      notes: run.badge.notes.join(),
    };
  } catch (error) {
    if (error instanceof ProblemError) return { state: error.problem.code, left: [], notes: error.problem.message };
    throw error;
  }
}

const both = (layer: number, after: After) => ({ [`layer.${layer}.k.out`]: after, [`layer.${layer}.v.out`]: after });

/** Name, what stands where, the layers that are left out (all: refused), and what is said. */
const moved: readonly (readonly [string, TinyOptions['after'], readonly number[] | 'all', RegExp])[] = [
  ['ids reversed', { embedded: lookedUp((to) => reversed('input_ids', to)) }, 'all', /its words are not looked up in the order of the text/],
  ['ids shifted by a place', { embedded: lookedUp((to) => shifted('input_ids', to)) }, 'all', /its words are not looked up in the order/],
  ['the next id of the vocabulary', { embedded: lookedUp(nextId) }, 'all', /words that the graph looks up are not those of the text, but others/],
  ['rows of the table reversed', { embedded: reversed }, 'all', /rows of the stream that it reads .* in their order/],
  ['the stream sorted before the first layer', { 'stream.0': sorted }, 'all', /rows of the stream/],
  ['the stream reversed before the second layer', { 'stream.1': reversed }, [1], /encoder\.1\.self is left out: the rows of the stream .* in their order/],
  ['the stream shifted before the second layer', { 'stream.1': shifted }, [1], /changing token \d+ changed row \d+/],
  ['queries reversed', { 'layer.1.q.out': reversed }, [1], /its queries are not the tokens of the text in their order/],
  ['queries without the Transpose of their heads', { 'layer.1.q.heads': withoutTranspose('layer.1.q.out') }, [1], /its queries are not the tokens/],
  ['values without the Transpose of their heads', { 'layer.0.v.heads': withoutTranspose('layer.0.v.out') }, [0], /its values are not the tokens/],
  ['keys and values shifted', both(0, shifted), [0], /its keys .* changing token 0 changed key 1/],
  ['keys and values sorted', both(1, sorted), [1], /its keys are not the tokens of the text in their order/],
  ['keys alone reversed', { 'layer.0.k.out': reversed }, [0], /its keys are not the tokens/],
  ['values alone shifted', { 'layer.0.v.out': shifted }, [0], /its values are not the tokens/],
  ['keys mixed with the mean of all', { 'layer.0.k.out': mixed }, [0], /changing token 0 changed \d+ keys/],
  ['keys and values of every second token', both(1, everySecond), [1], /its keys are not the tokens of the text one for one \(5 keys, 10 tokens\)/],
  ['keys pooled in pairs, each twice', both(0, inPairs), [0], /its keys are not the tokens of the text in their order: changing token 0 changed 2 keys/],
  ['keys pooled in every layer', { ...both(0, everySecond), ...both(1, everySecond) }, 'all', /its keys are not the tokens of the text one for one/],
];

describe('words', () => {
  it.each(moved)('%s', async (_name, after, left, reason) => {
    const outcome = await outcomeOf({ after });
    expect(outcome).toMatchObject(left === 'all' ? { state: 'activationAbsent' } : { left });
    expect(outcome.notes).toMatch(reason);
    expect(outcome.notes).not.toMatch(/report/);
  });

  it.each([
    ['keys and values convolved with the tokens before them', both(0, convolved)],
    ['a stream convolved before the second layer', { 'stream.1': convolved }],
    ['ids that are copied', { embedded: lookedUp((to) => ({ nodes: list({ op: 'Identity', inputs: ['input_ids'], outputs: [to] }) })) }],
  ] as const)('%s are still tokens', async (_name, after) => {
    const { left, notes } = await outcomeOf({ after });
    expect(left).toEqual([]);
    expect(notes).not.toMatch(/words|left out/);
  });

  it('of a closed layer nothing is given, of the others everything', async () => {
    const files = { 'model.onnx': tinyTransformer({ after: both(0, everySecond) }), 'tokenizer.json': wordTokenizer() };
    const { engine, run } = await inspected({ files }, { text });
    const read = (layer: number, activation: 'pattern' | 'resid_pre') =>
      ask(engine, { of: 'activation', runId: run.runId, tower: 'encoder', layer, ...(activation === 'pattern' && { kind: 'self' }), activation });
    const outcomes = [await read(0, 'pattern'), await read(0, 'resid_pre'), await read(1, 'pattern'), await read(1, 'resid_pre')];
    expect(outcomes.map(({ ok }) => ok)).toEqual([false, false, true, true]);
    expect(run).toMatchObject({ badge: { state: 'partly checked' }, sites: [{ isTrusted: false }, { isTrusted: true }], firstSight: { site: { layer: 1 } } });
  });

  it('of attention that may not be shown no head is measured, whatever focus is asked for', async () => {
    const files = { 'model.onnx': tinyTransformer({ after: both(0, everySecond) }), 'tokenizer.json': wordTokenizer() };
    const { engine, run } = await inspected({ files }, { text });
    const sight = (tower: 'encoder' | 'decoder', kind: 'self' | 'cross') =>
      ask(engine, { of: 'firstSight', runId: run.runId, at: { focus: 2, shown: { tower, kind } } });
    const measured = await sight('encoder', 'self');
    expect(measured.ok && measured.value.measures.map(({ site }) => site.layer)).toEqual([1]);
    expect(await sight('decoder', 'cross')).toMatchObject({ ok: true, value: { focus: 2, chosenBy: 'only', candidates: [], measures: [] } });
  });
});
