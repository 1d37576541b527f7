// What the native runtime refuses, or computes so that its numbers do not agree, goes on on WebAssembly, and it is said. The runtimes here are played.

import { expect, it } from 'vitest';
import { refuse } from '../../src/core/problem';
import { Engine } from '../../src/engine/engine';
import type { Runtime, Session } from '../../src/engine/session/runtime';
import { wasmRuntime } from '../../src/engine/session/wasmRuntime';
import { platformOf, signal, sourceOf } from '../support/memoryEngine';
import { tinyTransformer } from '../support/tinyTransformer';
import { wordTokenizer } from '../support/wordTokenizer';

const files = { 'model.onnx': tinyTransformer({}), 'tokenizer.json': wordTokenizer() };

/** WebAssembly under another name, each session of it changed. */
function native(change: (session: Session) => Session): Runtime {
  const changed = async (session: Promise<Session>) => change(await session);
  return {
    name: 'native',
    version: wasmRuntime.version,
    createSession: (...parameters) => changed(wasmRuntime.createSession(...parameters)),
    createDerivedSession: (...parameters) => changed(wasmRuntime.createDerivedSession(...parameters)),
    warmUp: () => wasmRuntime.warmUp(),
    tryOut: () => wasmRuntime.tryOut(),
  };
}

/** One number of every fourth tensor is a tenth more. */
const inexact = (session: Session): Session => ({
  ...session,
  async run(feeds, outputs) {
    const results = await session.run(feeds, outputs);
    for (const [i, { data }] of [...results.values()].entries()) if (i % 4 === 1 && data instanceof Float32Array) data[1] = (data[1] as number) * 1.1 + 0.1;
    return results;
  },
});

async function engines(runtime: Runtime) {
  const engine = new Engine({
    ...platformOf(files),
    runtimeFor: async (wish) =>
      wish?.choice === 'wasm' ? { runtime: wasmRuntime, ...(wish.whyNotNative && { whyNotNative: wish.whyNotNative }) } : { runtime },
  });
  const loaded = await engine.load({ source: sourceOf({ files }), threads: 1, memoryLimitInBytes: 1e8, engine: { choice: 'native' } }, signal());
  if (!loaded.ok) throw new Error(loaded.problem.message);
  const run = async () => {
    const outcome = await engine.inspect({ modelId: loaded.value.modelId, text: 'can i have the check', truncate: false }, signal());
    return outcome.ok ? { ...outcome.value.engine, state: outcome.value.badge.state } : outcome.problem.code;
  };
  return { loaded: loaded.value.description.engine, run };
}

it('stays native where all holds', async () => {
  const { loaded, run } = await engines(native((session) => session));
  expect(loaded.name).toBe('native');
  expect(await run()).toMatchObject({ name: 'native', state: 'verified' });
});

it('goes on on WebAssembly where the file is refused when it is loaded', async () => {
  const { loaded, run } = await engines(native(() => refuse('operatorUnknown', { file: 'model.onnx', operator: 'Rare' })));
  expect(loaded).toMatchObject({ name: 'wasm', whyNotNative: expect.stringContaining('the operator Rare') });
  expect(await run()).toMatchObject({ name: 'wasm', state: 'verified' });
});

it('goes on on WebAssembly where numbers do not agree, from then on', async () => {
  let isExact = true;
  const { loaded, run } = await engines(
    native((session) => ({ ...session, run: (feeds, outputs) => (isExact ? session : inexact(session)).run(feeds, outputs) })),
  );
  expect(loaded.name).toBe('native');
  isExact = false;
  const expected = {
    name: 'wasm',
    state: 'verified',
    whyNotNative: expect.stringMatching(/^on the native runtime the numbers of .+ do not agree with each other/),
  };
  expect(await run()).toMatchObject(expected);
  expect(await run()).toMatchObject(expected);
});
