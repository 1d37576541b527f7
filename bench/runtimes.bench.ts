// WebAssembly ÷ native, of one file in one process: making a session, its first run, and a warm run. 130 tokens, 6 layers, 12 heads, two threads at most.

import { availableParallelism } from 'node:os';
import path from 'node:path';
import * as ort from 'onnxruntime-web';
import { bench, describe } from 'vitest';
import { nativeRuntime } from '../src/engine/session/nativeRuntime.node';
import type { Runtime } from '../src/engine/session/runtime';
import { wasmRuntime, wasmVersion } from '../src/engine/session/wasmRuntime';
import { benchModel } from './support/benchModel';

const threads = Math.min(2, availableParallelism());
ort.env.wasm.numThreads = threads;
const productFolder = path.resolve(import.meta.dirname, '..');
const found = await nativeRuntime({ choice: 'native' }, { productFolder, version: wasmVersion, threads });
const { bytes, ids } = benchModel;
const feeds = { input_ids: { type: 'int64', dims: [1, ids.length], data: BigInt64Array.from(ids, BigInt) } };
const runtimes: readonly Runtime[] = [wasmRuntime, ...('runtime' in found ? [found.runtime] : [])];
if (!('runtime' in found)) console.log(`native: skipped, ${found.whyNot}`);

const once = { time: 0, warmupTime: 0 };
describe('a session, and its first run', () => {
  for (const runtime of runtimes)
    bench(
      runtime.name,
      async () => {
        const session = await runtime.createSession(bytes, [], 'bench');
        await session.run(feeds, ['logits']);
        await session.release();
      },
      { ...once, iterations: 4, warmupIterations: 1 },
    );
});

describe('a warm run', async () => {
  for (const runtime of runtimes) {
    const session = await runtime.createSession(bytes, [], 'bench');
    bench(runtime.name, async () => void (await session.run(feeds, ['logits'])), { ...once, iterations: 20, warmupIterations: 3 });
  }
});
