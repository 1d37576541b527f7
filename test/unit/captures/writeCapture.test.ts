// A run as a file: all of it or nothing.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { removeAtSignals } from '../../../src/captures/wholeFile.node';
import { limited, writeCapture } from '../../../src/captures/writeCapture.node';
import type { CaptureKey } from '../../../src/core/names';
import type { Question } from '../../../src/core/question';
import { pack } from '../../../src/core/tensorPack';
import { readSafetensors } from '../../oracle/support/safetensors';
import { runOf } from '../present/fixtures';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'capture-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const keys: CaptureKey[] = [0, 1].map((layer) => ({ tower: 'encoder', layer, kind: 'self', activation: 'pattern' }));
const reader = {
  read: async (question: Question) => ({
    ok: true as const,
    value: pack([{ name: 'values', dims: [2], data: Float32Array.of(question.runId, (question as CaptureKey).layer ?? -1) }]),
  }),
};
const wish = (change = {}) => ({ path: path.join(folder, 'x.safetensors'), keys, run: runOf(), modelSha256: 'abc', version: '1', ...change });

it('holds every tensor and what the run was, and tells how far it is', async () => {
  const parts: number[] = [];
  const written = await writeCapture(reader as never, wish(), { onPart: (part) => parts.push(part) });
  expect(written.map(({ dims }) => dims)).toEqual([[2], [2]]);
  expect(parts).toEqual([0.5, 1]);
  const { tensors, metadata } = readSafetensors(readFileSync(path.join(folder, 'x.safetensors')));
  expect([...tensors].map(([name, { data }]) => [name, ...data])).toEqual([
    ['encoder.0.self.pattern', 7, 0],
    ['encoder.1.self.pattern', 7, 1],
  ]);
  expect(metadata).toMatchObject({ model_sha256: 'abc', text: 'crashed the server' });
});

it('leaves nothing where it is given up', async () => {
  const controller = new AbortController();
  await expect(writeCapture(reader as never, wish(), { signal: controller.signal, onPart: () => controller.abort() })).rejects.toThrow();
  expect(readdirSync(folder)).toEqual([]);
});

it('writes nothing where an identity failed', async () => {
  const failed = runOf({ checks: [{ identity: 'softmax', state: 'failed', relative: 1, absolute: 1 } as never] });
  await expect(writeCapture(reader as never, wish({ run: failed }))).rejects.toMatchObject({ problem: { code: 'identityFailed' } });
  expect(existsSync(path.join(folder, 'x.safetensors'))).toBe(false);
});

it('gives no more than one file may hold', async () => {
  const whole = limited(12);
  const tensor = (name: string, count: number) => whole({ name, read: async () => ({ dims: [count], data: new Float32Array(count) }) });
  expect((await tensor('a', 2).read()).dims).toEqual([2]);
  expect((await tensor('b', 1).read()).dims).toEqual([1]);
  await expect(tensor('c', 1).read()).rejects.toMatchObject({ problem: { code: 'captureFileTooLarge' } });
});

it('ends no process of others at a signal', async () => {
  const before = process.listenerCount('SIGTERM');
  const during: number[] = [];
  await writeCapture(reader as never, wish(), { onPart: () => during.push(process.listenerCount('SIGTERM')) });
  expect(during).toEqual([before, before]);
  const forget = removeAtSignals();
  expect(process.listenerCount('SIGTERM')).toBe(before + 1);
  forget();
  expect(process.listenerCount('SIGTERM')).toBe(before);
});
