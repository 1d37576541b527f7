// Check 7 after the run: the same check as before it; one that fails closes every site of that run and of all later ones.

import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../src/core/problem';
import type { RunChecks } from '../../src/core/run';
import type { Engine } from '../../src/engine/engine';
import type { OutputTable } from '../../src/engine/run/pass';
import { inspected, signal } from '../support/memoryEngine';
import { tinyTransformer } from '../support/tinyTransformer';
import { wordTokenizer } from '../support/wordTokenizer';

const text = 'server can i have the check';
const model = { files: { 'model.onnx': tinyTransformer({ layers: 2 }), 'tokenizer.json': wordTokenizer() } };
const outputsIn = ({ checks }: RunChecks) => checks.find(({ identity }) => identity === 'outputs');

async function finished(engine: Engine, runId: number): Promise<RunChecks> {
  const outcome = await engine.finishChecks({ runId }, signal());
  if (!outcome.ok) throw new ProblemError(outcome.problem);
  return outcome.value;
}

/** What the run keeps to be compared. */
function kept(engine: Engine, runId: number): OutputTable | undefined {
  const { store } = engine as unknown as { readonly store: { get(id: number): { readonly first: { outputsToCompare: OutputTable | undefined } } } };
  return store.get(runId).first.outputsToCompare;
}

describe('outputs that are compared after the run', () => {
  it('give the badge that a comparison before it gives', async () => {
    const before = await inspected(model, { text });
    const { engine, run } = await inspected(model, { text, compareOutputs: 'later' });
    expect([run.badge.state, outputsIn(run)]).toEqual(['checking', expect.objectContaining({ state: 'not run', isComing: true })]);
    const after = await finished(engine, run.runId);
    expect([after.badge, after.checks]).toEqual([before.run.badge, before.run.checks]);
    expect(kept(engine, run.runId)).toBeUndefined();
  });

  it('close everything where they differ, also in the next run', async () => {
    const { engine, run, loaded } = await inspected(model, { text, compareOutputs: 'later' });
    for (const { data } of kept(engine, run.runId)?.values() ?? []) (data as Float32Array)[3] = 99;
    const after = await finished(engine, run.runId);
    expect([after.badge.state, outputsIn(after)?.state, after.sites.some(({ isTrusted }) => isTrusted)]).toEqual(['failed', 'failed', false]);
    const pattern = { of: 'activation', runId: run.runId, activation: 'pattern', tower: 'encoder', layer: 0, kind: 'self' } as const;
    expect(await engine.read(pattern, signal())).toMatchObject({ ok: false, problem: { code: 'identityFailed' } });
    const next = await engine.inspect({ modelId: loaded.modelId, text, truncate: false, compareOutputs: 'later' }, signal());
    expect(next).toMatchObject({ ok: true, value: { badge: { state: 'failed' } } });
  });

  it('that were let go are said not to have been compared, and the next run compares', async () => {
    const { engine, run, loaded } = await inspected(model, { text, compareOutputs: 'later' });
    (engine as unknown as { readonly store: { get(id: number): { drop(): void } } }).store.get(run.runId).drop();
    expect(outputsIn(await finished(engine, run.runId))).toMatchObject({ state: 'not run', reason: expect.stringContaining('let go') });
    const next = await engine.inspect({ modelId: loaded.modelId, text, truncate: false, compareOutputs: 'later' }, signal());
    if (!next.ok) throw new ProblemError(next.problem);
    expect((await finished(engine, next.value.runId)).badge.state).toBe('verified');
  });
});
