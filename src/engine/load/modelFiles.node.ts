// Model files on this machine. Reads in pieces of at most 1 GiB into one buffer, because one read call takes no more than 2 GiB.

import { createHash } from 'node:crypto';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileReason } from '../../core/files/fileReason';
import { fileStamp, noStamp } from '../../core/files/fileStamp';
import { refuse } from '../../core/problem';
import type { ModelFiles } from './modelFiles';

const pieceInBytes = 2 ** 30;
const headInBytes = 4096;
const hashPieceInBytes = 2 ** 22;
/** Of the addresses of the runtime; nothing larger could be run. */
const fileLimitInBytes = 2 ** 32;

/** Problem: outOfMemory. */
function bufferOf(size: number): Uint8Array {
  try {
    // Not filled with zeros first: whoever asks overwrites it, or takes only what was written.
    return new Uint8Array(Buffer.allocUnsafeSlow(size).buffer);
  } catch {
    return refuse('outOfMemory', { reason: `${(size / 1e9).toFixed(1)} GB of weights are more than is free` });
  }
}

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
  // Opening a pipe would wait for someone to write into it.
  if (
    await stat(path).then(
      (found) => !found.isFile(),
      () => false,
    )
  )
    refuse('notPlainFile', { path });
  const handle = await open(path, 'r').catch((error: unknown) => refuse('fileMissing', { path, reason: fileReason(error) }));
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
      (found) => (found.isFile() ? found.size : undefined),
      () => undefined,
    ),
  stamp: (path) => stat(path).then(fileStamp, () => noStamp),
  readAll: (path, look) =>
    withFile(path, async (handle) => {
      const { size } = await handle.stat();
      if (size >= fileLimitInBytes) refuse('onnxTooLarge', { file: path, reason: `it has ${(size / 1e9).toFixed(1)} GB; the runtime holds 4 GB at most` });
      const head = new Uint8Array(Math.min(size, headInBytes));
      look?.(head.subarray(0, await fill(handle, head, 0)));
      const bytes = bufferOf(size);
      return bytes.subarray(0, await fill(handle, bytes, 0));
    }),
  readRanges: (path, ranges) =>
    withFile(path, async (handle) => {
      const bytes = bufferOf(ranges.reduce((sum, { from, to }) => sum + to - from, 0));
      let at = 0;
      for (const { from, to } of ranges) {
        const wanted = to - from;
        if ((await fill(handle, bytes.subarray(at, at + wanted), from)) < wanted) refuse('fileMissing', { path, reason: 'it is shorter than it was' });
        at += wanted;
      }
      return bytes;
    }),
  sha256,
};
