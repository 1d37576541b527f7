// The file system of Node as a FolderListing. Follows links, as download caches are made of them.

import { lstat, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FolderListing, ListedFile } from './folderListing';

/** config.json and its like have a few thousand; larger ones only add hints, and are not read. */
const textLimitInBytes = 16 * 2 ** 20;

/**
 * Pipes, sockets and devices are left out: reading one may never end. A link that leads nowhere is listed, so that opening it
 * says what is missing.
 */
async function entryOf(folder: string, name: string): Promise<ListedFile | undefined> {
  const path = join(folder, name);
  const found = await stat(path).catch(() => lstat(path).catch(() => undefined));
  if (!found || !(found.isFile() || found.isDirectory() || found.isSymbolicLink())) return undefined;
  return { name, sizeInBytes: found.size, isFolder: found.isDirectory() };
}

async function readSmallText(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() && found.size <= textLimitInBytes ? readFile(path, 'utf8').catch(() => undefined) : undefined;
}

/** Folders and files of this machine. */
export const folderListing: FolderListing = {
  async list(folder) {
    const names = await readdir(folder).catch(() => undefined);
    if (!names) return undefined;
    const entries = await Promise.all(names.map((name) => entryOf(folder, name)));
    return entries.filter((entry) => entry !== undefined);
  },
  readText: readSmallText,
};
