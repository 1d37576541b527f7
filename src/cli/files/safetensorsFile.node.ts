// Writes a safetensors file tensor by tensor beside its final place and moves it there at the end: on failure nothing is left.

import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileReason } from '../../core/fileReason';
import { ProblemError, problem } from '../../core/problem';
import { headerBytes, headerRoom, type TensorEntry } from './safetensors';

export interface TensorSource {
  readonly name: string;
  read(): Promise<{ readonly dims: readonly number[]; readonly data: Float32Array }>;
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, Math.min(bytes.length - done, 2 ** 30), position + done);
    done += bytesWritten;
  }
}

/** Who stops the program (Ctrl-C) finds no half of a file; the function given back ends the watch. */
function removeAtSignals(path: string): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const stop = (_: string, number: number) => {
    rmSync(path, { force: true });
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

/** The tensors in their order, as they were written. Problems: fileNotWritten, and those of the sources. */
export async function writeSafetensors(
  path: string,
  sources: readonly TensorSource[],
  metadata: Readonly<Record<string, string>>,
): Promise<readonly TensorEntry[]> {
  const temporary = join(dirname(path), `.${randomBytes(6).toString('hex')}.safetensors.part`);
  const forget = removeAtSignals(temporary);
  let handle: FileHandle | undefined;
  try {
    handle = await open(temporary, 'wx');
    const room = headerRoom(
      sources.map((source) => source.name),
      metadata,
    );
    const entries: TensorEntry[] = [];
    let at = 0;
    for (const { name, read } of sources) {
      const { dims, data } = await read();
      await writeAll(handle, new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 8 + room + at);
      entries.push({ name, dims, start: at, end: at + data.byteLength });
      at += data.byteLength;
    }
    await writeAll(handle, headerBytes(entries, metadata, room), 0);
    await handle.close();
    handle = undefined;
    await rename(temporary, path);
    return entries;
  } catch (error) {
    await handle?.close();
    await rm(temporary, { force: true }).catch(() => undefined);
    throw fileProblem(path, error);
  } finally {
    forget();
  }
}
