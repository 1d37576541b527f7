// The committed WebAssembly file is the one that the build recorded, and it needs nothing but a clock.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { packageFolder } from './tokenizerModule';

const bytes = readFileSync(new URL('tokenizer.wasm', packageFolder));

it('has the SHA-256 that was recorded when it was built', () => {
  const recorded = readFileSync(new URL('tokenizer.wasm.sha256', packageFolder), 'utf8');
  expect(recorded).toBe(`${createHash('sha256').update(bytes).digest('hex')}  tokenizer.wasm\n`);
});

it('imports the clock only', () => {
  expect(WebAssembly.Module.imports(new WebAssembly.Module(bytes))).toEqual([{ module: 'env', name: 'now', kind: 'function' }]);
});

it('names no folder of the machine it was built on', () => {
  expect(bytes.includes('/home/') || bytes.includes('/root/') || bytes.includes('/Users/')).toBe(false);
});
