// A file that is complete or not there: written beside its final place and moved there at the end; on failure nothing is left.

import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileReason } from '../core/files/fileReason';
import { ProblemError, problem } from '../core/problem';

/** Writes bytes at a position of the file, in bytes. */
export type WriteAt = (bytes: Uint8Array, position: number) => Promise<void>;

async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, Math.min(bytes.length - done, 2 ** 30), position + done);
    done += bytesWritten;
  }
}

/** Files that are being written. */
const unfinished = new Set<string>();

/** For a program of its own: who stops it (Ctrl-C) finds no half of a file. A host of others is not ended so. The function given back ends the watch. */
export function removeAtSignals(): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const stop = (_: string, number: number) => {
    for (const path of unfinished) rmSync(path, { force: true });
    process.exit(128 + number);
  };
  for (const signal of signals) process.once(signal, stop);
  return () => {
    for (const signal of signals) process.off(signal, stop);
  };
}

function fileProblem(path: string, error: unknown): unknown {
  if (error instanceof ProblemError || !(error instanceof Error) || !('code' in error)) return error;
  return new ProblemError(problem('fileNotWritten', { path, reason: fileReason(error) }));
}

/** What `fill` gives back, once the file is in its place. Problems: fileNotWritten, and those of `fill`. */
export async function writeWhole<T>(path: string, fill: (write: WriteAt) => Promise<T>): Promise<T> {
  const temporary = join(dirname(path), `.${randomBytes(6).toString('hex')}.part`);
  unfinished.add(temporary);
  let handle: FileHandle | undefined;
  try {
    const opened = await open(temporary, 'wx');
    handle = opened;
    const result = await fill((bytes, position) => writeAll(opened, bytes, position));
    await opened.close();
    handle = undefined;
    await rename(temporary, path);
    return result;
  } catch (error) {
    await handle?.close();
    await rm(temporary, { force: true }).catch(() => undefined);
    throw fileProblem(path, error);
  } finally {
    unfinished.delete(temporary);
  }
}
