import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tensorWriter } from '../../../src/captures/tensorFile.node';
import type { TensorSource } from '../../../src/captures/tensorSource';
import { refuseUnwritable } from '../../../src/cli/files/outFile.node';
import { ProblemError, refuse } from '../../../src/core/problem';
import { readNpz } from '../../oracle/support/npz';
import { readSafetensors } from '../../oracle/support/safetensors';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'capture-'));
});
afterEach(() => rm(folder, { recursive: true }));

const endings = ['safetensors', 'npz'] as const;
const readers = { safetensors: readSafetensors, npz: readNpz };
const tensor = (name: string, dims: readonly number[], ...data: number[]): TensorSource => ({
  name,
  read: async () => ({ dims, data: Float32Array.from(data) }),
});
const write = (path: string, sources: readonly TensorSource[], metadata: Readonly<Record<string, string>> = {}) => tensorWriter(path)(path, sources, metadata);
const codeOf = (failure: unknown) =>
  failure instanceof ProblemError ? `${failure.problem.code} ${failure.problem.exitStatus}` : failure === undefined ? 'none' : String(failure);

describe.each(endings)('a file of tensors, .%s', (ending) => {
  it.each<[string, readonly TensorSource[], Readonly<Record<string, string>>]>([
    ['names and texts beyond ASCII', [tensor('a', [2], 1, 2), tensor('b.ü', [1], 3)], { text: 'é "x"', tokens: '["é"]' }],
    ['three axes', [tensor('encoder.0.self.pattern', [2, 1, 3], 1, 2, 3, 4, 5, 6)], {}],
    ['numbers that are none', [tensor('scores', [2, 2], Number.NEGATIVE_INFINITY, Number.NaN, -0, 1e-45)], {}],
    ['no axes, and no numbers', [tensor('one', [], 7), tensor('none', [0, 4]), tensor('last', [1], 1)], {}],
    ['no tensors', [], { tool: 'x' }],
  ])('%s are what a reader finds again', async (_, sources, metadata) => {
    const path = join(folder, `a.${ending}`);
    const written = await write(path, sources, metadata);
    const found = readers[ending](await readFile(path));
    expect(found.metadata).toEqual(metadata);
    expect(written).toMatchObject([...found.tensors].map(([name, { dims }]) => ({ name, dims })));
    expect([...found.tensors.keys()]).toEqual(sources.map(({ name }) => name));
    for (const { name, read } of sources) {
      const { dims, data } = await read();
      const own = found.tensors.get(name);
      expect(own?.dims).toEqual(dims);
      expect([...new Uint32Array(own?.data.buffer ?? new ArrayBuffer())]).toEqual([...new Uint32Array(data.buffer)]);
    }
    expect(await readdir(folder)).toEqual([`a.${ending}`]);
  });

  it('one tensor is on the disk before the next is read', async () => {
    const sizes: number[] = [];
    const big = (name: string): TensorSource => ({
      name,
      read: async () => {
        for (const file of await readdir(folder)) sizes.push((await stat(join(folder, file))).size);
        return { dims: [1000], data: new Float32Array(1000) };
      },
    });
    await write(join(folder, `a.${ending}`), [big('a'), big('b'), big('c')]);
    expect(sizes.map((size) => Math.floor(size / 4000))).toEqual([0, 1, 2]);
  });

  it('equal numbers give equal files', async () => {
    const [first, second] = [join(folder, `a.${ending}`), join(folder, `b.${ending}`)];
    await write(first, [tensor('a', [2], 1, 2)]);
    await write(second, [tensor('a', [2], 1, 2)]);
    expect((await readFile(first)).equals(await readFile(second))).toBe(true);
  });

  it('nothing is left behind when a tensor fails', async () => {
    const failing: TensorSource = { name: 'b', read: async () => refuse('identityFailed') };
    await expect(write(join(folder, `a.${ending}`), [tensor('a', [1], 1), failing])).rejects.toBeInstanceOf(ProblemError);
    expect(await readdir(folder)).toEqual([]);
  });

  it('says when the place cannot be written', async () => {
    await expect(write(join(folder, 'none', `a.${ending}`), [])).rejects.toMatchObject({ problem: { code: 'fileNotWritten' } });
  });
});

it.each(['a', 'a.bin', 'a.npz.gz', 'safetensors', 'a.npy'])('%s has no ending that tells what to write', (path) => {
  expect(() => tensorWriter(path)).toThrow(`--out takes a name that ends in .safetensors or in .npz, not "${path}".`);
});

it('safetensors: data begins at a multiple of 8 bytes', async () => {
  await write(join(folder, 'a.safetensors'), [tensor('a', [1], 3)]);
  const bytes = await readFile(join(folder, 'a.safetensors'));
  expect(Number(bytes.readBigUInt64LE(0)) % 8).toBe(0);
});

it('asks before the work whether the place can be written, and never puts a file in the place of a device', async () => {
  const places: readonly (readonly [string, boolean, string])[] = [
    [join(folder, 'a.safetensors'), true, 'none'],
    [folder, true, 'fileNotWritten 4'],
    [join(folder, 'none', 'a'), true, 'fileNotWritten 4'],
    [join(folder, 'x'.repeat(400)), true, 'fileNotWritten 4'],
    ['/dev/null', true, 'fileNotWritten 4'],
    ['/dev/null', false, 'none'],
    ['', false, 'usage 2'],
  ];
  for (const [path, plain, code] of places) {
    const failure: unknown = await refuseUnwritable(path, 'out', { plain }).catch((error: unknown) => error);
    expect([path, codeOf(failure)]).toEqual([path, code]);
  }
});
