// What the engine tells on its way, and where it can be given up.

import { describe, expect, it } from 'vitest';
import type { Progress } from '../../src/core/progress';
import { Engine } from '../../src/engine/engine';
import { type MemoryModel, platformOf, sourceOf } from '../support/memoryEngine';
import { tinyTransformer } from '../support/tinyTransformer';
import { wordTokenizer } from '../support/wordTokenizer';

const model: MemoryModel = { files: { 'model.onnx': tinyTransformer({ layers: 3 }), 'tokenizer.json': wordTokenizer() } };
const text = 'Server, can I have the check?';
const loading = (memoryLimitInBytes = 1e8) => ({ source: sourceOf(model), threads: 1, memoryLimitInBytes });

describe('a long work', () => {
  it('tells its stages: loading, and the first run with its comparison', async () => {
    const engine = new Engine(platformOf(model.files));
    const told: Progress[] = [];
    const { signal } = new AbortController();
    const loaded = await engine.load(loading(), signal, (progress) => told.push(progress));
    if (!loaded.ok) throw new Error(loaded.problem.message);
    const { modelId } = loaded.value;
    for (const words of [text, 'the check']) await engine.inspect({ modelId, text: words, truncate: false }, signal, (progress) => told.push(progress));
    const sizeInBytes = model.files['model.onnx']?.length;
    expect(told).toEqual([{ stage: 'reading', sizeInBytes }, { stage: 'trying', sizeInBytes }, { stage: 'comparing' }]);
  });

  it('counts the layers where they do not fit at once', async () => {
    const engine = new Engine(platformOf(model.files));
    const told: Progress[] = [];
    const loaded = await engine.load(loading(10_000), new AbortController().signal);
    if (!loaded.ok) throw new Error(loaded.problem.message);
    const run = { modelId: loaded.value.modelId, text, truncate: false, compareOutputs: false };
    await engine.inspect(run, new AbortController().signal, (progress) => told.push(progress));
    const running = told.filter(({ stage }) => stage === 'running');
    expect(running.length).toBeGreaterThan(2);
    expect(running.map(({ done }) => done)).toEqual(running.map((_, i) => i));
    expect(new Set(running.map(({ of }) => of))).toEqual(new Set([running.length]));
  });

  it('ends between two stages when it is given up, and leaves nothing behind', async () => {
    const engine = new Engine(platformOf(model.files));
    const controller = new AbortController();
    const told: Progress[] = [];
    const giveUp = (progress: Progress) => {
      told.push(progress);
      controller.abort();
    };
    await expect(engine.load(loading(), controller.signal, giveUp)).rejects.toMatchObject({ name: 'AbortError' });
    expect(told.map(({ stage }) => stage)).toEqual(['reading']);
    await expect(engine.inspect({ modelId: 1, text, truncate: false }, new AbortController().signal)).resolves.toMatchObject({
      ok: false,
      problem: { code: 'workerStopped' },
    });
  });

  it.each([
    ['after the comparison', { stage: 'comparing' }, 1],
    ['between two layers', { stage: 'running', done: 1 }, 3],
  ] as const)('of a run ends %s when it is given up', async (_, at, count) => {
    const engine = new Engine(platformOf(model.files));
    const loaded = await engine.load(loading(10_000), new AbortController().signal);
    if (!loaded.ok) throw new Error(loaded.problem.message);
    const controller = new AbortController();
    const told: Progress[] = [];
    const run = engine.inspect({ modelId: loaded.value.modelId, text, truncate: false }, controller.signal, (progress) => {
      told.push(progress);
      if (Object.entries(at).every(([name, value]) => progress[name as keyof Progress] === value)) controller.abort();
    });
    await expect(run).rejects.toMatchObject({ name: 'AbortError' });
    expect(told).toHaveLength(count);
  });
});
