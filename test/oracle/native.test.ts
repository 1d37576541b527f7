// Every model of the zoo, of our own generator and of models/ on the native runtime, where its package is installed: each capture equals PyTorch's.

import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { nativeRuntime } from '../../src/engine/session/nativeRuntime.node';
import { wasmVersion } from '../../src/engine/session/wasmRuntime';
import { compare } from './compare';
import { allEntries, referencesOf } from './support/entries';
import { loadEntry } from './support/inProcess';

const productFolder = path.resolve(import.meta.dirname, '../..');
const found = await nativeRuntime({ choice: 'native' }, { productFolder, version: wasmVersion, threads: 1 });
const entries = allEntries().filter((entry) => entry.expect !== 'refuse');

/** Files whose own rounding makes the native runtime's numbers disagree: they are run by the reference, and it is said. */
const onReference: Readonly<Record<string, RegExp>> = { 'static-eight-bits': /^on the native runtime the numbers of .+ cannot be held to each other/ };

function engineOf(name: string, version: string) {
  const reason = onReference[name];
  return reason ? { name: 'wasm', version, whyNotNative: expect.stringMatching(reason) } : { name: 'native', version };
}

describe.skipIf(!('runtime' in found))('on the native runtime', () => {
  it.each(entries)('$group/$name', async (entry) => {
    if (!('runtime' in found)) return;
    const loaded = await loadEntry(entry.modelFolder, { runtime: found.runtime });
    expect(loaded.ok ? loaded.value.description.engine.name : loaded.problem.message).toBe('native');
    if (!loaded.ok) return;
    for (const one of entry.cases) {
      const outcome = await loaded.value.capture(one);
      expect(outcome.ok ? '' : outcome.problem.message).toBe('');
      if (!outcome.ok) continue;
      expect(outcome.value.engine).toEqual(engineOf(entry.name, outcome.value.engine.version));
      const judged = compare(outcome.value.tensors, referencesOf(entry, one.id), entry);
      expect(judged.filter(({ status }) => status === 'bad' || status === 'miss')).toEqual([]);
    }
    await loaded.value.unload();
  });
});
