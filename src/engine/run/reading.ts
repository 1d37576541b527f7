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
  /** All that the answer reads, in its order: what comes next is captured along where there is room, as every capture runs the whole file. */
  readonly needs: readonly (readonly PlannedCapture[])[];
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

/** In the queue. Lets older tensors of the run go where all that will be read would not fit beside them. */
async function captureMissing({ store, run, pass, needs }: ReadingParts, captures: readonly PlannedCapture[]): Promise<void> {
  const isMissing = (capture: PlannedCapture) => capture.ref !== undefined && !isThere(pass, capture);
  if (!captures.some((capture) => !isThere(pass, capture))) return;
  const next = needs.indexOf(captures) + 1;
  const following = () => (next > 0 ? needs.slice(next).map((group) => group.filter(isMissing)) : []);
  const all = [...captures.filter(isMissing), ...following().flat()];
  if (run.sizeInBytes + vouched * predictedTotal(pass, all) > store.limitInBytes) run.drop();
  const wanted = captures.filter((capture) => !isThere(pass, capture));
  await pass.capture([...wanted, ...withRoom(pass, wanted, following(), (store.limitInBytes - run.sizeInBytes) / vouched)]);
  store.use(run);
}

/** What vouches for a capture takes about as much again. */
const vouched = 2;

/** As many of the groups, in their order, as there is room for beside the captures. */
function withRoom(pass: Pass, captures: readonly PlannedCapture[], groups: readonly PlannedCapture[][], room: number): PlannedCapture[] {
  const taken: PlannedCapture[] = [];
  for (const group of groups) {
    if (predictedTotal(pass, [...captures, ...taken, ...group]) > room) break;
    taken.push(...group.filter((capture) => !captures.includes(capture) && !taken.includes(capture)));
  }
  return taken;
}
