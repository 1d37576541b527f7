// `diff` over the zoo: no false alarm between the two runtimes, and a file in which one random node gives other numbers is found out, by that node.

import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ModelDiff } from '../../src/core/modelDiff';
import { sharedTensors } from '../../src/engine/diff/sharedTensors';
import { Engine } from '../../src/engine/engine';
import { nativeRuntime } from '../../src/engine/session/nativeRuntime.node';
import { wasmRuntime, wasmVersion } from '../../src/engine/session/wasmRuntime';
import { analyse } from '../../src/onnx/analyse';
import { float32, inferTypes } from '../../src/onnx/file/elementTypes';
import { readModel } from '../../src/onnx/file/readModel';
import { disguise } from './support/disguise';
import { allEntries, type Entry } from './support/entries';
import { platformInProcess } from './support/inProcess';
import { hiddenTensors, withPlanted } from './support/planted';
import { randomOf } from './support/random';
import { sourceOf } from './support/sourceOf';

const found = await nativeRuntime({ choice: 'native' }, { productFolder: path.resolve(import.meta.dirname, '../..'), version: wasmVersion, threads: 1 });
const entries = allEntries().filter((entry) => entry.expect !== 'refuse' && entry.cases.length > 0);
/** Each run takes long: every second one. */
const some = entries.map((entry, seed) => ({ ...entry, seed })).filter(({ seed }) => seed % 2 === 0);
/** Where a file rounds to few bits, what may be off by rounding is more. */
const changeFor = (precision: string) => (precision === 'float32' ? { factor: 1.01, term: 0.01 } : { factor: 1.5, term: 0.5 });

const signal = new AbortController().signal;

/** Both sides in one engine; `change` rewrites the files of the second one. */
async function diffOf(entry: Entry, choice: 'wasm' | 'native', change: (bytes: Uint8Array, file: string) => Uint8Array = (bytes) => bytes): Promise<ModelDiff> {
  let isSecond = false;
  const platform = platformInProcess((bytes, file) => (isSecond ? change(bytes, file) : bytes));
  const native = 'runtime' in found ? found.runtime : wasmRuntime;
  const engine = new Engine({ ...platform, runtimeFor: async (wish) => ({ runtime: wish?.choice === 'native' ? native : wasmRuntime }) });
  const load = async (wished: 'wasm' | 'native') => {
    const outcome = await engine.load(
      { source: await sourceOf(entry.modelFolder), threads: 1, memoryLimitInBytes: 2 ** 29, engine: { choice: wished }, attentionOptional: true },
      signal,
    );
    if (!outcome.ok) throw new Error(outcome.problem.message);
    return outcome.value.modelId;
  };
  const first = await load('wasm');
  isSecond = true;
  const second = await load(choice);
  const [one] = entry.cases;
  const outcome = await engine.diff({ first, second, text: one?.text ?? '', pair: one?.text_pair, target: one?.target, truncate: false }, signal);
  if (!outcome.ok) throw new Error(outcome.problem.message);
  return outcome.value;
}

describe.skipIf(!('runtime' in found))('the two runtimes agree', () => {
  it.each(entries)('$group/$name', async (entry) => {
    const { first, deviations, sides } = await diffOf(entry, 'native');
    expect(sides.map(({ engine }) => engine.name)).toEqual(['wasm', 'native']);
    const named = deviations.find(({ tensor }) => tensor === first?.tensor);
    expect({ first, named }).toEqual({ first: null, named: undefined });
    expect(deviations.length).toBeGreaterThan(5);
  });
});

describe('a node that gives other numbers', () => {
  it.each(some)('$group/$name', async (entry) => {
    const random = randomOf(entry.seed + 1001);
    let planted: { tensor: string; node: string } | undefined;
    const { files } = await sourceOf(entry.modelFolder);
    const chosen = files[random.below(files.length)]?.path ?? '';
    const plant = (bytes: Uint8Array, file: string) => {
      if (!file.endsWith(chosen)) return bytes;
      const model = readModel(bytes);
      const types = inferTypes(model);
      const hidden = hiddenTensors(bytes);
      const places = sharedTensors(model, model).filter(({ tensor }) => hidden.has(tensor));
      planted = places[random.below(places.length)];
      return planted ? withPlanted(bytes, planted.tensor, { ...changeFor(analyse(model).precision), type: types.get(planted.tensor) ?? float32 }) : bytes;
    };
    const { first } = await diffOf(entry, 'wasm', plant);
    expect(first).toEqual(planted ? { ...planted, file: chosen } : null);
    // Of a merged decoder all nodes are in its branches.
    if (!planted) expect(entry.name).toMatch(/merged$/);
  });
});

it('two files without a name in common are not said to agree', async () => {
  const [entry] = entries;
  await expect(diffOf(entry as Entry, 'wasm', (bytes) => disguise(bytes, { seed: 1, keepInterface: false }))).rejects.toThrow('nothing was compared');
});
