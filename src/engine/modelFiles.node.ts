// Model files on this machine. Reads in pieces of at most 1 GiB into one buffer, because one read call takes no more than 2 GiB.

import { createHash } from 'node:crypto';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { refuse } from '../core/problem';
import type { ModelFiles } from './modelFiles';

const pieceInBytes = 2 ** 30;
const hashPieceInBytes = 2 ** 22;

async function fill(handle: FileHandle, target: Uint8Array, offset: number): Promise<number> {
  let done = 0;
  while (done < target.length) {
    const { bytesRead } = await handle.read(target, done, Math.min(pieceInBytes, target.length - done), offset + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}

async function withFile<T>(path: string, work: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await open(path, 'r').catch((error: NodeJS.ErrnoException) =>
    refuse('fileMissing', { path, reason: error.code === 'ENOENT' ? 'there is no such file' : (error.code ?? 'it cannot be opened') }),
  );
  try {
    return await work(handle);
  } finally {
    await handle.close();
  }
}

/** Piece by piece, so that other work comes between. (Web crypto copies all bytes first, which takes as long as the digest itself.) */
async function sha256(bytes: Uint8Array): Promise<string> {
  const hash = createHash('sha256');
  for (let offset = 0; offset < bytes.length; offset += hashPieceInBytes) {
    await nextTurn();
    hash.update(bytes.subarray(offset, offset + hashPieceInBytes));
  }
  return hash.digest('hex');
}

/** The files of this machine. */
export const modelFiles: ModelFiles = {
  size: (path) =>
    stat(path).then(
      (found) => found.size,
      () => undefined,
    ),
  readAll: (path) =>
    withFile(path, async (handle) => {
      const bytes = new Uint8Array((await handle.stat()).size);
      return bytes.subarray(0, await fill(handle, bytes, 0));
    }),
  sha256,
};
