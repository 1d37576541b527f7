// Cold processes, text to captured patterns: `capture` against the plain runtime, with V8's defaults and with the engine's flag, and against what a
// user would use instead: PyTorch and BertViz, where `python3` (or INSPECTOR_BENCH_PYTHON) has them. Prints the peak memory of each, too. Needs dist/.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bench, describe } from 'vitest';
import { engineFlags } from '../src/protocol/engineFlags';
import { benchModel } from './support/benchModel';

const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
const model = path.join(folder, 'model.onnx');
writeFileSync(model, benchModel.bytes);
writeFileSync(path.join(folder, 'tokenizer.json'), benchModel.tokenizer);

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const text = ['--text', benchModel.text, '--activations', 'pattern', '--out', path.join(folder, 'out.safetensors')];
const capture = (...more: string[]) => [here('../dist/cli.js'), 'capture', '--model', folder, ...text, ...more];
const plain = (...flags: string[]) => [here('support/plainProcess.mjs'), model, String(benchModel.ids.length), ...flags];
const hasNative = existsSync(here('../node_modules/onnxruntime-node'));
if (!hasNative) console.log('the native runtime: skipped, onnxruntime-node is not installed here');
const native: Readonly<Record<string, string[]>> = {
  'capture --activations pattern --engine native --no-output-check': capture('--engine', 'native', '--no-output-check'),
  'capture --activations pattern --engine native': capture('--engine', 'native'),
};
const ways: Readonly<Record<string, string[]>> = {
  'plain runtime, V8 as it is': plain(),
  'plain runtime, with the flag of the engine': plain(...engineFlags),
  'capture --activations pattern --no-output-check': capture('--no-output-check'),
  'capture --activations pattern': capture(),
  ...(hasNative && native),
};

const peakFile = path.join(folder, 'peak');
for (const [name, parameters] of Object.entries(ways)) {
  execFileSync(process.execPath, ['--require', here('support/peakMemory.cjs'), ...parameters], { env: { ...process.env, PEAK_MEMORY: peakFile } });
  console.log(`peak memory: ${(Number(readFileSync(peakFile, 'utf8')) / 1e6).toFixed(0)} MB, ${name}`);
}
console.log(`the file has ${(benchModel.bytes.length / 1e6).toFixed(0)} MB`);

const python = process.env.INSPECTOR_BENCH_PYTHON ?? 'python3';
function hasPython(): boolean {
  try {
    execFileSync(python, [here('support/inPython.py'), 'make', folder], { stdio: 'ignore' });
    return true;
  } catch {
    console.log(`PyTorch and BertViz: skipped, ${python} has not torch, transformers and bertviz`);
    return false;
  }
}

const options = { iterations: 5, time: 0, warmupIterations: 1, warmupTime: 0 };
describe('one cold process, 6 layers, 12 heads, 130 tokens', () => {
  for (const [name, parameters] of Object.entries(ways)) bench(name, () => void execFileSync(process.execPath, parameters), options);
  if (hasPython()) {
    const show = [here('support/inPython.py'), 'show', folder, benchModel.text];
    bench('PyTorch eager and BertViz', () => void execFileSync(python, show, { stdio: 'ignore' }), options);
  }
});
