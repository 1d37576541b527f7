// A run as a file: every capture that the run gives, asked for one after the other, with what the file says of itself.

import { failedCheckProblem } from '../core/check';
import { type CaptureKey, captureName } from '../core/names';
import { ProblemError, refuse } from '../core/problem';
import { floatsOf } from '../core/tensorPack';
import { megabytes } from '../present/words/modelFacts';
import { ask, type Reader } from '../protocol/ask';
import { openKeys } from './captureList';
import { metadataOf } from './captureMetadata';
import type { CaptureWatch, CaptureWish } from './captureWish';
import { tensorWriter } from './tensorFile.node';
import type { TensorSource, WrittenKey } from './tensorSource';

/** What a file may take, in bytes. */
export const fileLimitInBytes = 2_000_000_000;

/** Nothing is written where an identity failed. Problems: identityFailed, usage (the ending of the name), fileNotWritten, those of the answers. */
export async function writeCapture(
  reader: Reader,
  { path, keys, run, modelSha256, version }: CaptureWish,
  watch: CaptureWatch = {},
): Promise<readonly WrittenKey[]> {
  const write = tensorWriter(path);
  const failed = run.checks.find((check) => check.state === 'failed');
  if (failed) throw new ProblemError(failedCheckProblem(failed));
  const open = openKeys(keys, run.sites);
  const whole = limited(fileLimitInBytes);
  const sources = open.map((key, i) => whole(tensorSource(reader, run.runId, key, { ...watch, onPart: () => watch.onPart?.((i + 1) / open.length) })));
  const written = await write(path, sources, metadataOf(run, modelSha256, version));
  return open.flatMap((key, i) => (written[i] ? [{ key, dims: written[i].dims }] : []));
}

/** Sources that together give no more than so many bytes. Problem: captureFileTooLarge. */
export function limited(limitInBytes: number): (source: TensorSource) => TensorSource {
  let sizeInBytes = 0;
  return ({ name, read }) => ({
    name,
    async read() {
      const tensor = await read();
      sizeInBytes += tensor.data.byteLength;
      if (sizeInBytes > limitInBytes) refuse('captureFileTooLarge', { limit: megabytes(limitInBytes) });
      return tensor;
    },
  });
}

function tensorSource(reader: Reader, runId: number, key: CaptureKey, { signal, onPart }: CaptureWatch): TensorSource {
  return {
    name: captureName(key),
    async read() {
      signal?.throwIfAborted();
      const outcome = await ask(reader, { of: 'activation', runId, ...key }, signal);
      if (!outcome.ok) throw new ProblemError(outcome.problem);
      onPart?.(0);
      return { dims: outcome.value.headers[0]?.dims ?? [], data: floatsOf(outcome.value, 'values') ?? new Float32Array() };
    },
  };
}
