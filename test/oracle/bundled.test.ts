// Every bundled model, and every variant of its files, through the command line: its own numbers agree with each other.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readSafetensors } from './support/safetensors';

const root = path.resolve(import.meta.dirname, '../..');
const english = ['--text', 'Looks like I just crashed the server'];
const french = ['--text', "Jane visite l'Afrique en septembre", '--target', 'Jane visits Africa in September'];
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'bundled-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each([
  { model: 'encoder', variant: [], texts: english, badge: 'verified' },
  { model: 'encoder', variant: ['--variant', 'quantized'], texts: english, badge: 'verified' },
  { model: 'encoder-untrained', variant: [], texts: english, badge: 'verified' },
  { model: 'decoder', variant: [], texts: english, badge: 'verified' },
  { model: 'translator', variant: [], texts: french, badge: 'verified' },
  { model: 'translator', variant: ['--variant', 'quantized'], texts: french, badge: 'verified' },
  // Additive attention has no product of queries and keys that could be compared with its scores.
  { model: 'recurrent-translator', variant: [], texts: french, badge: 'partly checked' },
])('$model $variant: $badge', ({ model, variant, texts, badge }) => {
  const out = path.join(folder, 'out.safetensors');
  const command = [path.join(root, 'dist/cli.js'), 'capture', '--model', `bundled:${model}`, ...variant, ...texts, '--out', out];
  const { status, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8', timeout: 120_000 });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(readSafetensors(readFileSync(out)).metadata.badge).toBe(badge);
});
