// How often the head that opens reads a word that tells the sense, in sentences whose telling words were marked by hand: first choice, and among the
// three. The figures stand in the names; what is timed is the question. Another model: INSPECTOR_BENCH_MODEL=folder.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bench, describe } from 'vitest';
import { ask } from '../src/protocol/ask';
import { loadInMemory, signal } from '../test/support/memoryEngine';
import { hitsOf, readSentences } from './support/cueSentences';

const sentences = {
  '72 sentences of two senses': readSentences(new URL('../training/data/server.test.txt', import.meta.url), 'server'),
  'sentences of other words': readSentences(new URL('data/cues.txt', import.meta.url)),
};
const bundled = fileURLToPath(new URL('../models/encoder', import.meta.url));
const other = process.env.INSPECTOR_BENCH_MODEL;

/** The files of a model's folder that the engine wants; the unquantised one of several. */
function filesOf(folder: string): Record<string, Uint8Array> {
  const onnx = existsSync(path.join(folder, 'onnx')) ? path.join(folder, 'onnx') : folder;
  const name =
    readdirSync(onnx)
      .filter((file) => file.endsWith('.onnx'))
      .sort((a, b) => a.length - b.length)[0] ?? 'model.onnx';
  return { 'model.onnx': readFileSync(path.join(onnx, name)), 'tokenizer.json': readFileSync(path.join(folder, 'tokenizer.json')) };
}

// A skipped bench leaves no line.
if (!other) process.stdout.write('the head that opens, another model: skipped, INSPECTOR_BENCH_MODEL names no folder\n');

for (const [name, folder] of Object.entries({ 'the bundled encoder': bundled, ...(other && { [path.basename(other)]: other }) })) {
  const { engine, loaded } = await loadInMemory({ files: filesOf(folder) });
  for (const [of, all] of Object.entries(sentences)) {
    let [first, among] = [0, 0];
    let runId = 0;
    for (const sentence of all) {
      const run = await engine.inspect({ modelId: loaded.modelId, text: sentence.text, truncate: false, compareOutputs: false }, signal());
      if (!run.ok) throw new Error(run.problem.message);
      runId = run.value.runId;
      const sight = await ask(engine, { of: 'firstSight', runId, caret: sentence.focus }, signal());
      if (!sight.ok) throw new Error(sight.problem.message);
      const [isFirst, isAmong] = hitsOf(sentence, run.value, sight.value);
      first += Number(isFirst);
      among += Number(isAmong);
    }
    const share = (hits: number) => (hits / all.length).toFixed(2);
    describe(`the head that opens, ${name}, ${of} (${all.length})`, () => {
      bench(
        `a cue is read first by the first choice in ${share(first)}, by one of three in ${share(among)}`,
        async () => {
          await ask(engine, { of: 'firstSight', runId, caret: all.at(-1)?.focus ?? 0 }, signal());
        },
        { iterations: 10, time: 0 },
      );
    });
  }
}
