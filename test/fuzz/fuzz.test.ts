// More than 2,000 damaged ONNX files and tokenizers, the same ones every time: no crash, no hang, bounded memory;
// each is refused with a Problem, or its numbers hold.

import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { softmaxRows } from '../../src/core/arithmetic';
import type { Outcome } from '../../src/core/problem';
import type { RunSummary } from '../../src/core/run';
import { floatsOf, type TensorPack } from '../../src/core/tensorPack';
import { ask } from '../../src/protocol/ask';
import type { Remote } from '../../src/protocol/channel';
import type { EngineApi } from '../../src/protocol/engineApi';
import { type Case, type Entry, entriesOf } from '../oracle/support/entries';
import { type Random, randomOf } from '../oracle/support/random';
import { sourceOf } from '../oracle/support/sourceOf';
import { mutate } from './mutate';
import { placesIn } from './structure';
import { buildWorker, removeFolder, WorkerUnderTest } from './workerUnderTest';

const limitInMs = 5000;
const memoryLimitInBytes = 64 * 2 ** 20;
const growthLimitInBytes = 1.5 * 2 ** 30;
const mutantsPerModel = 125;
const mutantsPerTokenizer = 60;
/** Small files of unlike kinds: decomposed, fused, quantised, merged, two towers, recurrent, none. */
const models = [
  'albert',
  'bert-dynamo23',
  'bert-external',
  'bert-fused',
  'bert-int8',
  'bert-sdpa-ts17',
  'distilbert',
  'gpt2-fused',
  'gpt2-ort-optimized',
  'luong',
  'moe',
  't5-past-merged',
  'torch-nn-encoder',
  'refuse-mlp',
];
const tokenizers = ['albert', 'bert-eager-ts14', 'gpt2-eager', 'llama', 'marian', 'planted-encoder', 't5', 'gemma2', 'bloom'];
const zoo = new Map(entriesOf('zoo').map((entry) => [entry.name, entry]));

interface Tally {
  refused: number;
  accepted: number;
  readonly failures: string[];
}

let folder = '';
let scratch = '';
const startMemory = process.memoryUsage().rss;
let mostMemory = 0;

beforeAll(async () => {
  folder = await buildWorker();
  scratch = mkdtempSync(path.join(tmpdir(), 'mutants-'));
});
afterAll(() => {
  removeFolder(folder);
  removeFolder(scratch);
});

const valuesOf = (outcome: Outcome<TensorPack>) => (outcome.ok ? floatsOf(outcome.value, 'values') : undefined);

/** What is wrong with the numbers of an accepted run: softmax(scores) = pattern is computed again, a failed site must be closed. */
async function wrongNumbers(engine: Remote<EngineApi>, run: RunSummary): Promise<string[]> {
  const wrong: string[] = [];
  for (const { tower, layer, kind, isTrusted } of run.sites) {
    const read = (activation: 'pattern' | 'scores') => ask(engine, { of: 'activation', runId: run.runId, tower, layer, kind, activation });
    const [pattern, scores] = [await read('pattern'), await read('scores')];
    if (!isTrusted && pattern.ok) wrong.push(`${tower}.${layer}.${kind} failed a check and is shown`);
    const [p, s] = [valuesOf(pattern), valuesOf(scores)];
    if (!isTrusted || !p || !s || !pattern.ok) continue;
    const columns = pattern.value.headers[0]?.dims[2] ?? 1;
    const expected = softmaxRows(s, columns);
    const off = p.findIndex((value, i) => !(Math.abs(value - (expected[i] as number)) < 1e-3));
    if (off >= 0 && p.some((value) => value > 0)) wrong.push(`${tower}.${layer}.${kind} weight ${off} is ${p[off]}, softmax(scores) is ${expected[off]}`);
  }
  return wrong;
}

async function tryModel(worker: WorkerUnderTest, model: string, one: Case, how: string, tally: Tally): Promise<void> {
  try {
    const outcome = await worker.call(async (engine) => engine.load({ source: await sourceOf(model), threads: 1, memoryLimitInBytes }));
    const run = outcome.ok
      ? await worker.call((engine) =>
          engine.inspect({ modelId: outcome.value.modelId, text: one.text, pair: one.text_pair, target: one.target, truncate: true }),
        )
      : outcome;
    if (run.ok) {
      tally.accepted++;
      tally.failures.push(...(await worker.call((engine) => wrongNumbers(engine, run.value))).map((wrong) => `${how}: ${wrong}`));
    } else {
      tally.refused++;
      if (/\n|\{\w+\}/.test(run.problem.message)) tally.failures.push(`${how}: unclear message ${run.problem.message}`);
      // What aborts the runtime leaves it unusable; the product starts a new worker then, too.
      if (run.problem.code === 'outOfMemory') worker.close();
    }
    if (outcome.ok) await worker.call((engine) => engine.unload({ modelId: outcome.value.modelId }));
  } catch (error) {
    tally.failures.push(`${how}: ${error instanceof Error ? `${error.name} ${error.message}` : String(error)}`);
    worker.close();
  }
  mostMemory = Math.max(mostMemory, process.memoryUsage().rss);
}

/** The entry's files in a folder of its own, so that one of them can be replaced. */
async function workingCopy(entry: Entry): Promise<{ copy: string; victim: string; original: Uint8Array }> {
  const copy = path.join(scratch, entry.name);
  const source = await sourceOf(entry.modelFolder);
  const others = ['tokenizer.json', 'config.json', 'onnx/model.onnx_data'];
  for (const file of [...source.files.map((one) => one.path), ...others]) {
    const bytes = readIfThere(path.join(entry.modelFolder, file));
    if (!bytes) continue;
    mkdirSync(path.dirname(path.join(copy, file)), { recursive: true });
    writeFileSync(path.join(copy, file), bytes);
  }
  const victim = source.files[source.files.length - 1]?.path ?? '';
  return { copy, victim: path.join(copy, victim), original: readFileSync(path.join(entry.modelFolder, victim)) };
}

function readIfThere(file: string): Uint8Array | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

async function fuzzModels(names: readonly string[], foreign: Uint8Array, tally: Tally): Promise<void> {
  const worker = new WorkerUnderTest(folder, limitInMs);
  for (const name of names) {
    const entry = zoo.get(name) as Entry;
    const random = randomOf(models.indexOf(name) + 1);
    const { copy, victim, original } = await workingCopy(entry);
    const placeIn = placesIn(original);
    for (let i = 0; i < mutantsPerModel; i++) {
      const { bytes, how } = mutate(original, random, placeIn, foreign);
      writeFileSync(victim, bytes);
      await tryModel(worker, copy, entry.cases[0] as Case, `${name} mutant ${i}, ${how}`, tally);
    }
  }
  worker.close();
}

it(`${models.length * mutantsPerModel} damaged ONNX files are refused, or their numbers hold`, async () => {
  const tally: Tally = { refused: 0, accepted: 0, failures: [] };
  const foreign = readFileSync(path.join((zoo.get('gpt2-merged') as Entry).modelFolder, 'onnx/decoder_model_merged.onnx'));
  const half = Math.ceil(models.length / 2);
  await Promise.all([fuzzModels(models.slice(0, half), foreign, tally), fuzzModels(models.slice(half), foreign, tally)]);
  expect(tally.failures).toEqual([]);
  expect(tally.refused + tally.accepted).toBe(models.length * mutantsPerModel);
  // A fuzz test that accepts nothing, or refuses nothing, tests nothing.
  expect(Math.min(tally.refused, tally.accepted)).toBeGreaterThan(100);
});

const anywhere = (bytes: Uint8Array) => (random: Random) => random.below(bytes.length);

it(`${tokenizers.length * mutantsPerTokenizer} damaged tokenizers are refused, or tokenise`, async () => {
  const tally: Tally = { refused: 0, accepted: 0, failures: [] };
  const worker = new WorkerUnderTest(folder, limitInMs);
  const foreign = readFileSync(path.join((zoo.get('bart') as Entry).modelFolder, 'tokenizer.json'));
  for (const [index, name] of tokenizers.entries()) {
    const bytes = readFileSync(path.join((zoo.get(name) as Entry).modelFolder, 'tokenizer.json'));
    const random = randomOf(index + 101);
    for (let i = 0; i < mutantsPerTokenizer; i++) {
      const mutant = mutate(bytes, random, anywhere(bytes), foreign);
      await tryTokenizer(worker, mutant.bytes, `${name} mutant ${i}, ${mutant.how}`, tally);
    }
  }
  worker.close();
  expect(tally.failures).toEqual([]);
  expect(Math.min(tally.refused, tally.accepted)).toBeGreaterThan(20);
});

const line = 'Server, can I have the check? Café 👋🏽 naïve';

async function tryTokenizer(worker: WorkerUnderTest, tokenizer: Uint8Array, how: string, tally: Tally): Promise<void> {
  try {
    const outcome = await worker.call((engine) => engine.tokenize({ tokenizer: Uint8Array.from(tokenizer), lines: [line, ['a pair', line]] }));
    if (outcome.ok) {
      tally.accepted++;
      const inside = outcome.value.every(
        ({ ids, offsets }) => ids.length === offsets.length && offsets.every(([from, to]) => 0 <= from && from <= to && to <= line.length),
      );
      if (!inside) tally.failures.push(`${how}: a range lies outside the text`);
    } else tally.refused++;
  } catch (error) {
    tally.failures.push(`${how}: ${error instanceof Error ? `${error.name} ${error.message}` : String(error)}`);
    worker.close();
  }
}

it('memory stayed bounded', () => {
  expect(mostMemory - startMemory).toBeLessThan(growthLimitInBytes);
});
