// Decoders run token by token, with the keys and values of earlier tokens: the same numbers as in one pass, and every identity holds of them.
// What the encoder gave is kept for another target.

import { describe, expect, it, vi } from 'vitest';
import { textOf } from '../../src/engine/engine';
import { carriedOn } from '../../src/engine/pass/carry';
import { capturesOf } from '../../src/engine/run/captures';
import type { Pass } from '../../src/engine/run/pass';
import { wholeCapture } from '../../src/engine/run/wholeCapture';
import type { ModelPart } from '../../src/engine/session/modelPart';
import { type Entry, entriesOf } from './support/entries';
import { spliceable } from './support/splicedRun';

const entries = [...entriesOf('zoo'), ...entriesOf('made')].filter((entry) => entry.expect !== 'refuse');
const stepped = ['bloom', 'gemma2', 'gpt-neo', 'gpt-neox', 'gpt2-sdpa', 'llama', 'llama-gqa', 'llama-gqa-fused', 'opt', 'qwen2'];
const entryOf = (name: string) => entries.find((entry) => entry.name === name) as Entry;
const firstCase = (entry: Entry) => entry.cases[0] as Entry['cases'][number];

/** A tenth of a thousandth of the largest number; what is masked must be masked in both. */
function difference(pass: Pass, other: Pass, captures = capturesOf(pass)): string[] {
  return captures.flatMap((capture) => {
    const [a, b] = [pass, other].map((one) => capture.ref && wholeCapture(one, capture));
    if (!capture.ref) return [];
    if (!a || !b) return [`${capture.name}: ${a ? '' : 'not'} there in one pass, ${b ? '' : 'not'} there in steps`];
    if (a.dims.join() !== b.dims.join()) return [`${capture.name}: ${a.dims} and ${b.dims}`];
    const isMasked = (value: number) => capture.key.activation === 'scores' && value < -1e3;
    const cells = [...a.data].map((value, i) => [value, b.data[i] as number] as const).filter(([x, y]) => !(isMasked(x) && isMasked(y)));
    const largest = cells.reduce((max, [x]) => Math.max(max, Math.abs(x)), 1e-6);
    const worst = cells.reduce((max, [x, y]) => Math.max(max, Number.isNaN(y) ? Infinity : Math.abs(x - y)), 0);
    return worst / largest < 1e-4 ? [] : [`${capture.name}: off by ${worst / largest}`];
  });
}

describe('a decoder run token by token', () => {
  it('is every one of the zoo that says how its caches go on', async () => {
    const found: string[] = [];
    for (const entry of entriesOf('zoo').filter(({ expect: wanted }) => wanted !== 'refuse')) {
      const model = await spliceable(entry, firstCase(entry));
      if (carriedOn(model.run.model.parts.at(-1) as ModelPart)?.some(({ input }) => input.startsWith('past'))) found.push(entry.name);
      await model.release();
    }
    expect(found).toEqual(stepped);
  });

  it.each(stepped)('%s gives what it gives in one pass', async (name) => {
    const entry = entryOf(name);
    const { run, release } = await spliceable(entry, firstCase(entry));
    const inSteps = run.addPass(run.text, { isStepwise: true });
    for (const pass of run.passes) await pass.capture(capturesOf(pass), { allIdentities: true });
    expect(difference(run.first, inSteps)).toEqual([]);
    expect(inSteps.checks.filter(({ state }) => state === 'failed')).toEqual([]);
    const held = (pass: Pass) => pass.checks.filter(({ state }) => state === 'holds').map(({ identity, site }) => `${site?.layer} ${identity}`);
    expect(held(inSteps)).toEqual(held(run.first));
    await release();
  });
});

describe('what the encoder gave', () => {
  it.each(['t5', 'bart', 'marian', 'bahdanau'])('is kept for another target: %s', async (name) => {
    const entry = entryOf(name);
    const { run, release } = await spliceable(entry, firstCase(entry));
    const ofDecoder = (pass: Pass) => capturesOf(pass).filter(({ part }) => part === 1);
    await run.first.capture(ofDecoder(run.first));
    const other = { ...firstCase(entry), target: 'September visits' };
    const pass = run.addPass(textOf(run.model, { modelId: 1, text: other.text, target: other.target, truncate: false }));
    const encoder = vi.spyOn(run.model.parts[0] as ModelPart, 'run');
    await pass.capture(ofDecoder(pass));
    expect(encoder).not.toHaveBeenCalled();
    expect(pass.checks.filter(({ state }) => state === 'failed')).toEqual([]);
    const fresh = await spliceable(entry, other);
    await fresh.run.first.capture(ofDecoder(fresh.run.first));
    expect(difference(fresh.run.first, pass, ofDecoder(pass))).toEqual([]);
    await Promise.all([release(), fresh.release()]);
  });
});
