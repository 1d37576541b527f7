import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { modelFiles } from '../../../src/engine/load/modelFiles.node';
import { folderListing } from '../../../src/models/folderListing.node';

it('lists files, folders and links, and nothing whose reading might never end', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'listing-'));
  const server = createServer();
  try {
    await mkdir(join(folder, 'model.onnx'));
    await writeFile(join(folder, 'config.json'), '{}');
    await symlink(join(folder, 'config.json'), join(folder, 'link'));
    await symlink(join(folder, 'nowhere'), join(folder, 'broken'));
    await symlink('/dev/zero', join(folder, 'endless'));
    await new Promise<void>((done) => server.listen(join(folder, 'socket'), done));
    const entries = (await folderListing.list(folder))?.map((entry) => `${entry.name}${entry.isFolder ? '/' : ''}`).sort();
    expect(entries).toEqual(['broken', 'config.json', 'link', 'model.onnx/']);
    expect(await folderListing.readText(join(folder, 'link'))).toBe('{}');
    expect(await folderListing.readText(join(folder, 'endless'))).toBeUndefined();
    for (const [name, code] of [
      ['broken', 'fileMissing'],
      ['endless', 'notPlainFile'],
      ['socket', 'notPlainFile'],
      ['model.onnx', 'notPlainFile'],
    ] as const)
      await expect(modelFiles.readAll(join(folder, name))).rejects.toMatchObject({ problem: { code } });
  } finally {
    server.close();
    await rm(folder, { recursive: true });
  }
});
