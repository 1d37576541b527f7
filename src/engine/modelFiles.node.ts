// Model files on this machine. Reads in pieces of at most 1 GiB into one buffer, because one read call takes no more than 2 GiB.

import { createHash } from 'node:crypto';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { refuse } from '../core/problem';
import type { ModelFiles } from './modelFiles';

const pieceInBytes = 2 ** 30;
const hashPieceInBytes = 2 ** 22;
/** Up to here the digest of bytes in memory is made beside the main thread, at the price of a copy. */
const digestLimitInBytes = 2 ** 28;

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

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

async function streamedSha256(path: string): Promise<string> {
  return withFile(path, async (handle) => {
    const hash = createHash('sha256');
    const piece = new Uint8Array(hashPieceInBytes);
    for (let offset = 0, count = piece.length; count === piece.length; offset += count) {
      count = await fill(handle, piece, offset);
      hash.update(piece.subarray(0, count));
    }
    return hash.digest('hex');
  });
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
  async sha256(path, bytes) {
    if (!bytes || bytes.length > digestLimitInBytes) return streamedSha256(path);
    return hex(new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)));
  },
};
