// The untrained twin: one recipe, the same bytes wherever it is loaded, and those that training/twin.py has recorded.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { withFreshWeights } from '../../../../src/engine/load/freshWeights';
import { modelFiles } from '../../../../src/engine/load/modelFiles.node';
import { readBudget, readPart } from '../../../../src/engine/load/readPart';
import { nodePlatform } from '../../../../src/host/platform/platform.node';
import { folderListing } from '../../../../src/models/folderListing.node';
import { resolveModel } from '../../../../src/models/resolveModel';
import type { FreshWeights, ModelSource } from '../../../../src/protocol/modelSource';

const root = path.resolve(import.meta.dirname, '../../../..');
const bundledFolder = path.join(root, 'models');
const recorded = JSON.parse(readFileSync(path.join(bundledFolder, 'encoder-untrained/twin.json'), 'utf8')) as { sha256: string };

const sha256 = async (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const hex = (text: string) => createHash('sha256').update(text).digest('hex');

/** The file of a model as the engine reads it. */
async function bytesOf(source: ModelSource): Promise<Uint8Array> {
  const [file] = source.files;
  if (!file) throw new Error('no file');
  const { bytes, digest } = await readPart(source.root, file, { files: modelFiles, budget: readBudget(), hints: Promise.resolve({}) });
  expect(await digest).toBe(recorded.sha256);
  return bytes;
}

it('is the same for the command line and the panel, bit for bit, and the one that was recorded', async () => {
  const ofPanel = await nodePlatform({ extensionPath: root, onError: () => undefined, hasOwnDialog: false }).resolveModel('bundled:encoder-untrained');
  const ofCommandLine = await resolveModel({ model: 'bundled:encoder-untrained', bundledFolder }, folderListing);
  const byItsFolder = await resolveModel({ model: path.join(bundledFolder, 'encoder-untrained'), bundledFolder }, folderListing);
  const [panel, commandLine, folder] = await Promise.all([ofPanel, ofCommandLine, byItsFolder].map(bytesOf));
  expect(await sha256(panel as Uint8Array)).toBe(recorded.sha256);
  expect(Buffer.compare(panel as Uint8Array, commandLine as Uint8Array)).toBe(0);
  expect(Buffer.compare(panel as Uint8Array, folder as Uint8Array)).toBe(0);
});

const table = Array.from({ length: 4096 }, (_, i) => i);
const zeros = new Uint8Array(20);
const weights: FreshWeights = {
  sourceSha256: hex('before'),
  sha256: hex('after'),
  seed: 1,
  table,
  pieces: [
    { fill: 'random', width: 2, offset: 0, count: 2 },
    { fill: 'one', width: 4, offset: 4, count: 1 },
    { fill: 'one', width: 2, offset: 8, count: 1 },
    { fill: 'random', width: 4, offset: 12, count: 1 },
    { fill: 'zero', width: 4, offset: 16, count: 1 },
  ],
};
/** Says the digests that the recipe waits for, or others. */
const saying = (...digests: string[]) => ({ sha256: async () => digests.shift() ?? '' });

it('writes the numbers of the generator, ones and zeros where the recipe says', async () => {
  const bytes = zeros.slice().fill(255, 16);
  await withFreshWeights(bytes, weights, 'f', saying(hex('before'), hex('after')));
  const view = new DataView(bytes.buffer);
  // The upper 12 bits of 2693262067, 11749833 and 2265367787: the first numbers of mulberry32 with seed 1.
  expect([view.getUint16(0, true), view.getUint16(2, true)]).toEqual([2693262067 >>> 20, 11749833 >>> 20]);
  expect(view.getFloat32(4, true)).toBe(1);
  expect(view.getUint16(8, true)).toBe(0x3c00);
  expect(view.getUint32(12, true)).toBe(((2265367787 >>> 20) << 13) + 0x38000000);
  expect(view.getUint32(16, true)).toBe(0);
});

it.each([
  ['another file than it was made for', [hex('other'), hex('after')]],
  ['another result than was recorded', [hex('before'), hex('other')]],
])('refuses %s', async (_, digests) => {
  await expect(withFreshWeights(zeros.slice(), weights, 'f', saying(...digests))).rejects.toMatchObject({ problem: { code: 'bundledDamaged' } });
});
