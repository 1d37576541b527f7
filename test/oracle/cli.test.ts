// `capture` as a person runs it, file and all: one model that agrees, one that is refused. The others run in this process (zoo.test.ts).

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { compare } from './compare';
import { entriesOf, referencesOf } from './support/entries';
import { readSafetensors } from './support/safetensors';

const root = path.resolve(import.meta.dirname, '../..');
const entries = new Map(entriesOf('zoo').map((entry) => [entry.name, entry]));
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'captures-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function capture(name: string, caseIndex: number): { status: number | null; errors: string; out: string } {
  const entry = entries.get(name);
  const one = entry?.cases[caseIndex];
  if (!entry || !one) throw new Error(`there is no ${name}`);
  const out = path.join(folder, `${name}.safetensors`);
  const pair = one.text_pair === undefined ? [] : ['--pair', one.text_pair];
  const target = one.target === undefined ? [] : ['--target', one.target];
  const result = spawnSync(
    process.execPath,
    [path.join(root, 'dist/cli.js'), 'capture', '--model', entry.modelFolder, '--text', one.text, ...pair, ...target, '--out', out],
    { encoding: 'utf8', timeout: 120_000 },
  );
  return { status: result.status, errors: result.stderr, out };
}

it.each([
  { name: 'bert-eager-ts14', caseIndex: 1, says: 'a text pair' },
  { name: 'marian', caseIndex: 0, says: 'two towers and a target' },
])('$name: $says', ({ name, caseIndex }) => {
  const { status, errors, out } = capture(name, caseIndex);
  expect({ status, errors }).toEqual({ status: 0, errors: '' });
  const entry = entries.get(name);
  const one = entry?.cases[caseIndex];
  if (!entry || !one) throw new Error(`there is no ${name}`);
  const { tensors, metadata } = readSafetensors(readFileSync(out));
  expect(compare(tensors, referencesOf(entry, one.id), entry).filter(({ status: judged }) => judged !== 'ok' && judged !== 'skip')).toEqual([]);
  expect(JSON.parse(metadata.offsets ?? '')).toEqual(one.offsets);
  expect(Object.keys(metadata)).toEqual(expect.arrayContaining(['tool', 'version', 'model_sha256', 'text', 'tokens', 'offsets', 'checks', 'generated_ids']));
});

it('refuse-mlp is refused with one sentence, and nothing is written', () => {
  const { status, errors, out } = capture('refuse-mlp', 0);
  expect(status).toBe(3);
  expect(errors.trim().split('\n')).toHaveLength(1);
  expect(errors.length).toBeLessThan(600);
  expect(existsSync(out)).toBe(false);
});
