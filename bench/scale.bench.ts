// How the first picture grows with the text and with the number of heads: time of each part, and what the engine keeps of the run. Each size once, after
// one short text. Prints tables; docs/performance.md has them with the command.

import { bench, describe } from 'vitest';
import { headQuestion } from '../src/core/question';
import type { TensorPack } from '../src/core/tensorPack';
import { ask } from '../src/protocol/ask';
import { loadInMemory, signal } from '../test/support/memoryEngine';
import { tinyTransformer } from '../test/support/tinyTransformer';
import { wordTokenizer } from '../test/support/wordTokenizer';
import { textOf } from './support/benchModel';

/** Milliseconds that the work takes, and what it gives. */
async function timed<T>(work: () => Promise<T>): Promise<readonly [number, T]> {
  const start = performance.now();
  const given = await work();
  return [Math.round(performance.now() - start), given];
}

interface Size {
  readonly layers: number;
  readonly heads: number;
  readonly tokens: number;
}

const packBytes = (pack: { readonly ok: boolean; readonly value?: TensorPack }) => pack.value?.buffer.byteLength ?? 0;

/** Of each number of tokens: inspect, the head that opens, thumbnails and one head at full size. */
async function measure({ layers, heads }: Omit<Size, 'tokens'>, tokenCounts: readonly number[]) {
  const onnx = tinyTransformer({ layers, heads, width: 32 * heads, inner: 4, positions: 2048, vocabulary: 1000, scale: 0.08 });
  const memoryLimitInBytes = 512 * 2 ** 20;
  const { engine, loaded } = await loadInMemory({ files: { 'model.onnx': onnx, 'tokenizer.json': wordTokenizer() }, memoryLimitInBytes });
  const inspect = (tokens: number) => engine.inspect({ modelId: loaded.modelId, text: textOf(tokens), truncate: true, compareOutputs: 'later' }, signal());
  await inspect(16);
  const rows: Record<string, unknown>[] = [];
  for (const tokens of tokenCounts) {
    const [run, outcome] = await timed(() => inspect(tokens));
    if (!outcome.ok) throw new Error(outcome.problem.message);
    const { runId } = outcome.value;
    const [sight, first] = await timed(() => ask(engine, { of: 'firstSight', runId }));
    if (!first.ok) throw new Error(first.problem.message);
    const { site, head } = first.value;
    const [thumbnails, small] = await timed(() => ask(engine, { of: 'thumbnails', runId, tower: site.tower, kind: site.kind, maxSide: 32 }));
    const [pattern, large] = await timed(() => ask(engine, headQuestion({ runId }, site, 'pattern', head)));
    const { store } = engine as unknown as { readonly store: { get(id: number): { readonly sizeInBytes: number } } };
    const kept = Math.round(store.get(runId).sizeInBytes / 1e6);
    rows.push({
      layers,
      heads,
      tokens,
      inspect: run,
      'first sight': sight,
      thumbnails,
      pattern,
      'kept MB': kept,
      'sent kB': Math.round((packBytes(small) + packBytes(large)) / 1e3),
    });
  }
  return rows;
}

// Beyond what the memory holds at once a run takes minutes.
const lengths = [64, 128, 256, 512, ...(process.env.INSPECTOR_BENCH_LONG ? [1024] : [])];
const shapes = [
  [4, 4],
  [6, 12],
  [12, 12],
  [24, 16],
] as const;

const once = { iterations: 1, time: 0, warmupIterations: 0, warmupTime: 0 };

describe('a first picture, warm, in milliseconds', () => {
  bench('grows with the text', async () => console.table(await measure({ layers: 6, heads: 12 }, lengths)), once);
  bench(
    'grows with the heads',
    async () => {
      const rows = [];
      for (const [layers, heads] of shapes) rows.push(...(await measure({ layers, heads }, [128])));
      console.table(rows);
    },
    once,
  );
});
