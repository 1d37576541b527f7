// Numerical truths on generated models: what must hold whatever the weights are.

import { describe, expect, it } from 'vitest';
import type { Activation } from '../../src/core/names';
import type { RunSummary } from '../../src/core/run';
import { floatsOf } from '../../src/core/tensorPack';
import type { Engine } from '../../src/engine/engine';
import { ask } from '../../src/protocol/ask';
import { inspected, signal } from '../support/memoryEngine';
import { type TinyOptions, tinyTransformer } from '../support/tinyTransformer';
import { wordTokenizer } from '../support/wordTokenizer';

const text = 'Server, can I have the check?';
const modelOf = (options: TinyOptions) => ({ files: { 'model.onnx': tinyTransformer(options), 'tokenizer.json': wordTokenizer() } });

async function read(engine: Engine, run: RunSummary, layer: number, activation: Activation, extra: object = {}) {
  const tower = run.sites[0]?.tower;
  const isBlock = activation.startsWith('resid');
  const outcome = await ask(engine, { of: 'activation', runId: run.runId, tower, layer, ...(!isBlock && { kind: 'self' }), activation, ...extra }, signal());
  if (!outcome.ok) throw new Error(outcome.problem.message);
  return { dims: outcome.value.headers[0]?.dims ?? [], data: floatsOf(outcome.value, 'values') ?? new Float32Array() };
}

const largest = (data: Float32Array) => data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
function expectClose(actual: Float32Array, expected: ArrayLike<number>, tolerance = 1e-5): void {
  expect(actual.length).toBe(expected.length);
  const scale = Math.max(1, largest(actual));
  expect(actual.reduce((most, value, i) => Math.max(most, Math.abs(value - (expected[i] as number))), 0) / scale).toBeLessThan(tolerance);
}

const variations: readonly (readonly [string, TinyOptions])[] = [
  ['two layers', {}],
  ['causal', { isCausal: true }],
  ['causal with a bias', { isCausal: true, hasBias: true, seed: 5 }],
  ['four heads', { heads: 4, seed: 9 }],
  ['one head', { heads: 1, layers: 1, seed: 3 }],
  ['outputs that are no numbers', { hasLabels: true }],
];

describe.each(variations)('%s', (_name, options) => {
  const isCausal = options.isCausal === true;
  const heads = options.heads ?? 2;
  const start = inspected(modelOf(options), { text });

  it('is verified, by every identity at every site', async () => {
    const { run } = await start;
    expect(run.badge).toMatchObject({ state: 'verified', notes: [] });
    expect(run.checks).toHaveLength((options.layers ?? 2) * 7 + 2);
    expect(run.badge.worst).toBeLessThan(1e-5);
  });

  it('says tower, heads and causality', async () => {
    const { run } = await start;
    expect(run.sites.map((site) => site.layer)).toEqual(Array.from({ length: options.layers ?? 2 }, (_, layer) => layer));
    for (const site of run.sites)
      expect(site).toMatchObject({ tower: isCausal ? 'decoder' : 'encoder', kind: 'self', headCount: heads, headSize: 8 / heads, isCausal, isTrusted: true });
  });

  it('rows of the pattern sum to 1, and a causal one reads nothing later', async () => {
    const { engine, run } = await start;
    const { dims, data } = await read(engine, run, 0, 'pattern');
    const [, queries, keys] = dims as [number, number, number];
    for (let row = 0; row < data.length / keys; row++) {
      const weights = data.subarray(row * keys, (row + 1) * keys);
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);
      if (isCausal) expect(largest(weights.subarray((row % queries) + 1))).toBe(0);
    }
  });

  it('head outputs sum, with the bias, to attn_out: the same bias at every token', async () => {
    const { engine, run } = await start;
    const [result, attnOut] = [await read(engine, run, 0, 'result'), await read(engine, run, 0, 'attn_out')];
    const [count, queries, width] = result.dims as [number, number, number];
    const rest = Float32Array.from(attnOut.data, (value, i) => {
      let sum = value;
      for (let head = 0; head < count; head++) sum -= result.data[head * queries * width + i] as number;
      return sum;
    });
    for (let query = 1; query < queries; query++) expectClose(rest.subarray(query * width, (query + 1) * width), rest.subarray(0, width));
  });

  it('the residual stream goes on from layer to layer', async () => {
    const { engine, run } = await start;
    const [before, added, middle] = [await read(engine, run, 0, 'resid_pre'), await read(engine, run, 0, 'attn_out'), await read(engine, run, 0, 'resid_mid')];
    expectClose(
      middle.data,
      before.data.map((value, i) => value + (added.data[i] as number)),
    );
    if ((options.layers ?? 2) > 1) expectClose((await read(engine, run, 1, 'resid_pre')).data, (await read(engine, run, 0, 'resid_post')).data, 1e-9);
  });

  it('slices of one head and the mean of heads agree with the whole', async () => {
    const { engine, run } = await start;
    const whole = await read(engine, run, 0, 'pattern');
    const size = whole.data.length / heads;
    const last = await read(engine, run, 0, 'pattern', { head: heads - 1 });
    expect(last.data).toEqual(whole.data.slice((heads - 1) * size));
    const mean = await read(engine, run, 0, 'pattern', { isHeadMean: true });
    expectClose(
      mean.data,
      mean.data.map((_, i) => Array.from({ length: heads }, (_none, head) => whole.data[head * size + i] as number).reduce((a, b) => a + b, 0) / heads),
    );
  });

  it('first sight takes the longest word and the head that brings most', async () => {
    const { run } = await start;
    const { firstSight } = run;
    // The first word of a causal model has no other words to read.
    expect(firstSight).toMatchObject(isCausal ? { focusWord: 'check', movedFrom: 'Server' } : { focusWord: 'Server', focusTokens: [1] });
    // Attention that is nearly even may bring no word more than it brings others.
    expect(['beyond', 'nothingBeyond']).toContain(firstSight.chosenBy);
    const all = firstSight.measures.flatMap(({ site, values }) => values.map((value, head) => ({ layer: site.layer, head, value: value ?? 0 })));
    const best = all.reduce((a, b) => (b.value > a.value ? b : a));
    expect([firstSight.site.layer, firstSight.head]).toEqual([best.layer, best.head]);
    expect(firstSight.candidates[0]).toMatchObject({ head: best.head, measure: best.value });
  });
});

describe('runs', () => {
  it('layer by layer gives the same numbers as all at once', async () => {
    const model = modelOf({ seed: 11 });
    const [roomy, tight] = [await inspected(model, { text }), await inspected({ ...model, memoryLimitInBytes: 4000 }, { text })];
    expect(tight.run.badge.state).toBe('verified');
    expect(tight.run.firstSight).toEqual(roomy.run.firstSight);
    for (const layer of [0, 1])
      expect((await read(tight.engine, tight.run, layer, 'pattern')).data).toEqual((await read(roomy.engine, roomy.run, layer, 'pattern')).data);
  });

  it('slices that wait for each other all come, also where only one layer fits', async () => {
    const model = modelOf({ seed: 11 });
    const [roomy, tight] = [await inspected(model, { text }), await inspected({ ...model, memoryLimitInBytes: 2000 }, { text })];
    const all = ({ engine, run }: typeof tight) =>
      Promise.all([0, 1, 0, 1].flatMap((layer) => [read(engine, run, layer, 'pattern'), read(engine, run, layer, 'result')]));
    expect(await all(tight)).toEqual(await all(roomy));
  });

  it('refuses a model that computes no numbers', async () => {
    await expect(inspected(modelOf({ scale: Number.NaN }), { text })).rejects.toMatchObject({ problem: { code: 'modelNotNumbers' } });
  });

  it('refuses a text that would be padded without a mask, unless the attention is causal', async () => {
    await expect(inspected(modelOf({ length: 20 }), { text })).rejects.toMatchObject({ problem: { code: 'textTooShort' } });
    const { run } = await inspected(modelOf({ length: 20, isCausal: true }), { text });
    expect([run.paddedTo, run.badge.state]).toEqual([20, 'verified']);
  });

  it('one word has nothing to be compared with', async () => {
    const { run } = await inspected(modelOf({}), { text: 'server' });
    expect(run.firstSight).toMatchObject({ chosenBy: 'only', head: 0, measures: [] });
  });

  it('says that the outputs were compared with an earlier text', async () => {
    const { engine, loaded, run } = await inspected(modelOf({}), { text });
    const second = await engine.inspect({ modelId: loaded.modelId, text: 'the check', truncate: false }, signal());
    if (!second.ok) throw new Error(second.problem.message);
    const reasons = [run, second.value].map(({ checks }) => checks.find(({ identity }) => identity === 'outputs')?.reason);
    expect(reasons).toEqual([undefined, 'compared once, with the first text']);
  });

  it('runs where nothing is asked for', async () => {
    const { run } = await inspected(modelOf({}), { text, request: { activations: [] }, compareOutputs: false });
    expect(run.badge.state).toBe('partly checked');
  });

  it('a request captures and checks what it names, and more on demand', async () => {
    const { engine, run } = await inspected(modelOf({}), { text, request: { activations: ['pattern'], layers: [1] }, compareOutputs: false });
    expect(run.checks.map((check) => `${check.site?.layer ?? ''} ${check.identity} ${check.state}`)).toEqual([
      ' inputs holds',
      '1 softmax holds',
      '1 words holds',
      ' outputs not run',
    ]);
    expect(run.badge.state).toBe('partly checked');
    expect(run.badge.notes).toEqual(expect.arrayContaining(['checked only as far as they vouch for pattern', 'checked in layers 1 only']));
    expect((await read(engine, run, 0, 'z')).dims).toEqual([2, run.tokens.source?.length, 4]);
  });

  it('cuts a long text only when told to, and says how much of it was used', async () => {
    const long = Array.from({ length: 40 }, () => 'server').join(' ');
    await expect(inspected(modelOf({}), { text: long })).rejects.toMatchObject({ problem: { code: 'textTooLong', exitStatus: 4 } });
    const { run } = await inspected(modelOf({}), { text: long, truncate: true });
    expect(run.truncated).toEqual({ usedTokens: 24, allTokens: 42, usedCharacters: 22 * 7 - 1 });
  });

  it('runs the part of a long text around a place, with ranges and first sight in the whole text', async () => {
    const long = `${'server '.repeat(30)}check ${'server '.repeat(30)}`;
    const at = long.indexOf('check');
    const { engine, run } = await inspected(modelOf({}), { text: long, truncate: true, around: at });
    expect(run.truncated).toMatchObject({ usedTokens: 24, allTokens: 63, from: { token: 20, character: 19 * 7 } });
    const sight = await ask(engine, { of: 'firstSight', runId: run.runId, caret: at }, signal());
    if (!sight.ok) throw new Error(sight.problem.message);
    const { start, end } = run.tokens.source?.[sight.value.focus] ?? { start: 0, end: 0 };
    expect([run.text, sight.value.focusWord, long.slice(start, end)]).toEqual([long, 'check', 'check']);
  });

  it('refuses a tokenizer of another model', async () => {
    await expect(inspected(modelOf({ vocabulary: 5 }), { text })).rejects.toMatchObject({ problem: { code: 'tokenizerMismatch' } });
  });

  it('gives thumbnails of content tokens in one domain', async () => {
    const { engine, run } = await inspected(modelOf({}), { text });
    const outcome = await ask(engine, { of: 'thumbnails', runId: run.runId, tower: 'encoder', kind: 'self', maxSide: 4 }, signal());
    if (!outcome.ok) throw new Error(outcome.problem.message);
    expect(outcome.value.headers.map((header) => [header.name, header.dims])).toEqual([
      ['L0', [3, 4, 4]],
      ['L1', [3, 4, 4]],
      ['domain', [2]],
    ]);
  });
});
