import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { modelFiles } from '../../../src/engine/load/modelFiles.node';

const size = 40_000_000_000;
let folder = '';
let path = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ranges-'));
  path = join(folder, 'data.bin');
  const handle = await open(path, 'w');
  // Nothing of what lies between is on the disk.
  await handle.truncate(size);
  await handle.write(Uint8Array.of(1, 2, 3), 0, 3, 5);
  await handle.write(Uint8Array.of(7, 8, 9), 0, 3, size - 3);
  await handle.close();
});
afterAll(() => rm(folder, { recursive: true }));

it('reads a few bytes of a file of 40 GB', async () => {
  const ranges = [
    { from: 5, to: 8 },
    { from: size - 2, to: size },
  ];
  expect([...(await modelFiles.readRanges(path, ranges))]).toEqual([1, 2, 3, 8, 9]);
});

it('does not take the end of a file for zeros', async () => {
  await expect(modelFiles.readRanges(path, [{ from: size - 1, to: size + 1 }])).rejects.toMatchObject({ problem: { code: 'fileMissing' } });
});
