// The file system of Node as a FolderListing. Follows links, as download caches are made of them.

import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FolderListing, ListedFile } from './folderListing';

async function entryOf(folder: string, name: string): Promise<ListedFile | undefined> {
  const found = await stat(join(folder, name)).catch(() => undefined);
  return found && { name, sizeInBytes: found.size, isFolder: found.isDirectory() };
}

/** Folders and files of this machine. */
export const folderListing: FolderListing = {
  async list(folder) {
    const names = await readdir(folder).catch(() => undefined);
    if (!names) return undefined;
    const entries = await Promise.all(names.map((name) => entryOf(folder, name)));
    return entries.filter((entry) => entry !== undefined);
  },
  readText: (path) => readFile(path, 'utf8').catch(() => undefined),
};
