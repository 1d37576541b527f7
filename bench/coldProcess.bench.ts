// A cold `capture --activations pattern` process against a cold process of the plain runtime with the same file: at most 1.25, 2.2 with check 7. Needs dist/.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bench, describe } from 'vitest';
import { benchModel } from './support/benchModel';

const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
const model = path.join(folder, 'model.onnx');
writeFileSync(model, benchModel.bytes);
writeFileSync(path.join(folder, 'tokenizer.json'), benchModel.tokenizer);

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const capture = (...more: string[]) =>
  execFileSync(process.execPath, [
    here('../dist/cli.js'),
    'capture',
    '--model',
    folder,
    '--text',
    benchModel.text,
    '--activations',
    'pattern',
    '--out',
    path.join(folder, 'out.safetensors'),
    ...more,
  ]);
const options = { iterations: 5, time: 0, warmupIterations: 1, warmupTime: 0 };

describe('one cold process, 6 layers, 12 heads, 128 tokens', () => {
  bench('plain runtime', () => void execFileSync(process.execPath, [here('support/plainProcess.mjs'), model, String(benchModel.ids.length)]), options);
  bench('capture --activations pattern --no-output-check', () => void capture('--no-output-check'), options);
  bench('capture --activations pattern', () => void capture(), options);
});
