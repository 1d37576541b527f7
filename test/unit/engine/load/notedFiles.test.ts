import { copyFile, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelFiles } from '../../../../src/engine/load/modelFiles.node';
import { noted } from '../../../../src/engine/load/notedFiles';
import { loadInMemory } from '../../../support/memoryEngine';
import { tinyTransformer } from '../../../support/tinyTransformer';
import { wordTokenizer } from '../../../support/wordTokenizer';

let folder: string;
const at = (name: string) => path.join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'noted-'));
  for (const name of ['model.onnx', 'weights.bin', 'other.bin']) await writeFile(at(name), 'abcd');
});
afterAll(() => rm(folder, { recursive: true }));

describe('the files that a model was read from', () => {
  it('are noted, whole ones and those of which ranges were read, once each', async () => {
    const { files, read } = noted(modelFiles);
    await files.readAll(at('model.onnx'));
    await files.readRanges(at('weights.bin'), [{ from: 1, to: 3 }]);
    await files.readRanges(at('weights.bin'), [{ from: 0, to: 1 }]);
    expect(read().map((file) => path.basename(file.path))).toEqual(['model.onnx', 'weights.bin']);
    for (const file of read()) expect(await modelFiles.stamp(file.path)).toBe(file.stamp);
  });

  const changes: readonly (readonly [string, () => Promise<void>])[] = [
    ['was written', () => writeFile(at('model.onnx'), 'abcde')],
    [
      'was replaced by one of the same size and time',
      async () => {
        await writeFile(at('new.onnx'), 'efghi');
        await utimes(at('new.onnx'), 1, 1);
        await utimes(at('model.onnx'), 1, 1);
        const { files, read } = noted(modelFiles);
        await files.readAll(at('model.onnx'));
        const [before] = read();
        await copyFile(at('new.onnx'), at('model.onnx'));
        await utimes(at('model.onnx'), 1, 1);
        expect(await modelFiles.stamp(at('model.onnx'))).not.toBe(before?.stamp);
      },
    ],
    ['is gone', () => rm(at('model.onnx'))],
  ];
  it.each(changes)('have another stamp when one %s', async (_, change) => {
    const before = await modelFiles.stamp(at('model.onnx'));
    await change();
    expect(await modelFiles.stamp(at('model.onnx'))).not.toBe(before);
  });

  it('are those of the engine: the graph and the tokenizer', async () => {
    const { loaded } = await loadInMemory({ files: { 'model.onnx': tinyTransformer(), 'tokenizer.json': wordTokenizer() } });
    expect(loaded.readFiles.map((file) => file.path).sort()).toEqual(['/m/model.onnx', '/m/tokenizer.json']);
  });
});
