// Makes captures of a pass be there and reads them before other work can let them go.

import type { PlannedCapture } from '../model/captureTable';
import type { CaptureStore } from './captureStore';
import { isThere } from './captures';
import type { Pass } from './pass';
import { predictedTotal } from './predictedTotal';
import type { Run } from './run';
import type { RunQueue } from './runQueue';

export interface ReadingParts {
  readonly store: CaptureStore<Run>;
  readonly queue: RunQueue;
  readonly run: Run;
  /** Of the run. */
  readonly pass: Pass;
}

/** What is there and read at once need not wait; what is missing (again) is captured in the queue. */
export async function readCaptures<T>(parts: ReadingParts, captures: readonly PlannedCapture[], read: () => T | Promise<T>, signal: AbortSignal): Promise<T> {
  const { store, queue, run, pass } = parts;
  store.use(run);
  if (captures.every((capture) => capture.ref && isThere(pass, capture))) return read();
  return queue.run(async () => {
    store.get(run.runId);
    await captureMissing(parts, captures);
    return read();
  }, signal);
}

/** In the queue. Lets older tensors of the run go where both would not fit. */
async function captureMissing({ store, run, pass }: ReadingParts, captures: readonly PlannedCapture[]): Promise<void> {
  const missing = captures.filter((capture) => !isThere(pass, capture));
  if (missing.length === 0) return;
  if (run.sizeInBytes + predictedTotal(pass, missing) > store.limitInBytes) {
    run.drop();
    await pass.capture(captures);
  } else await pass.capture(missing);
  store.use(run);
}
