// `--engine`: which runtime a command is run by, and what it says where that is another one than was wished.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { wasmVersion } from '../../src/engine/session/wasmRuntime';
import { readSafetensors } from './support/safetensors';

const root = path.resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(path.join(tmpdir(), 'engines-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(...more: string[]) {
  const out = path.join(folder, 'out.safetensors');
  const text = ['--model', 'bundled:encoder', '--text', 'the server crashed', '--activations', 'pattern', '--out', out];
  const { status, stderr, stdout } = spawnSync(process.execPath, [path.join(root, 'dist/cli.js'), 'capture', ...text, ...more], { encoding: 'utf8' });
  const read = status === 0 ? readSafetensors(readFileSync(out)) : undefined;
  return { status, said: stdout, errors: stderr.replaceAll(folder, ''), engine: JSON.parse(read?.metadata.engine ?? '{}'), tensors: read?.tensors };
}

/** A package that does this when it is loaded. */
function packageOf(name: string, code: string): string {
  const at = path.join(folder, name);
  mkdirSync(at, { recursive: true });
  writeFileSync(path.join(at, 'package.json'), JSON.stringify({ name: 'onnxruntime-node', version: wasmVersion, main: 'index.js' }));
  writeFileSync(path.join(at, 'index.js'), code);
  return at;
}

it('wasm is the default, and native gives the same numbers within rounding where it is installed', () => {
  const [plain, native] = [run(), run('--engine', 'auto')];
  expect(plain).toMatchObject({ status: 0, errors: '', engine: { name: 'wasm', version: wasmVersion } });
  expect(plain.said).toContain(`Run by WebAssembly (onnxruntime-web ${wasmVersion}).`);
  expect(native).toMatchObject({ status: 0, errors: '' });
  expect(native.said).toContain(native.engine.name === 'native' ? `Run by the native runtime (onnxruntime-node ${wasmVersion}).` : 'Run by WebAssembly');
  for (const [name, { data }] of plain.tensors ?? []) {
    const other = native.tensors?.get(name)?.data ?? new Float32Array();
    expect(Math.max(...data.map((value, i) => Math.abs(value - (other[i] ?? Number.NaN)))), name).toBeLessThan(1e-5);
  }
});

it.each([
  ['that breaks off takes nothing with it', "process.kill(process.pid, 'SIGSEGV')", /^The native runtime broke off; WebAssembly runs the command again\.\n$/],
  [
    'that is damaged is told',
    'garbage(',
    /^Run by WebAssembly \(.+\), not by the native runtime: the onnxruntime-node in \/that-is-damaged does not work here: .+\.\n$/,
  ],
])('a library %s', (title, code, said) => {
  const { status, errors, engine } = run('--engine', 'native', '--native-path', packageOf(title.replaceAll(' ', '-').slice(0, 15), code));
  expect({ status, engine }).toMatchObject({ status: 0, engine: { name: 'wasm', whyNotNative: expect.any(String) } });
  expect(errors).toMatch(said);
});

it.each([
  [['--engine', 'cuda'], '--engine takes wasm, native, auto, not "cuda".'],
  [['--native-path', '/x'], '--native-path needs --engine native or auto.'],
])('%j is refused', (more, said) => {
  const { status, errors } = run(...more);
  expect(status).toBe(2);
  expect(errors).toContain(said);
});
