// Where runs live: the most recently used ones whose tensors fit the limit. A run that lost its tensors keeps its input,
// so that what is asked for again can be captured again.

import { refuse } from '../../core/problem';

export interface StoredRun {
  readonly runId: number;
  /** Bytes of the tensors it holds now. */
  readonly sizeInBytes: number;
  /** Lets its tensors go. */
  drop(): void;
}

export class CaptureStore<R extends StoredRun> {
  /** Least recently used first. */
  private readonly runs = new Map<number, R>();
  private held: ReadonlySet<number> = new Set();

  constructor(
    public limitInBytes: number,
    private readonly keptRuns = 16,
  ) {}

  /** These runs are shown: no other may push them out, and their tensors go last. */
  hold(runIds: readonly number[]): void {
    this.held = new Set(runIds);
  }

  /** Adds a run, or marks it as used, and makes room; the run itself always stays. */
  use(run: R): void {
    this.runs.delete(run.runId);
    this.runs.set(run.runId, run);
    let total = [...this.runs.values()].reduce((sum, one) => sum + one.sizeInBytes, 0);
    const [shown, free] = [true, false].map((isHeld) => [...this.runs.values()].filter((one) => this.held.has(one.runId) === isHeld)) as [R[], R[]];
    for (const other of [...free, ...shown]) {
      if (other === run || total <= this.limitInBytes) continue;
      total -= other.sizeInBytes;
      other.drop();
    }
    const tooMany = Math.max(0, this.runs.size - this.keptRuns);
    for (const { runId } of free.filter((one) => one !== run).slice(0, tooMany)) this.forget(runId);
  }

  /** Problem workerStopped: there is no such run any more. */
  get(runId: number): R {
    return this.runs.get(runId) ?? refuse('workerStopped');
  }

  forget(runId: number): void {
    this.runs.get(runId)?.drop();
    this.runs.delete(runId);
  }

  forgetWhere(matches: (run: R) => boolean): void {
    for (const run of [...this.runs.values()]) if (matches(run)) this.forget(run.runId);
  }
}
