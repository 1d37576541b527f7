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

  constructor(
    public limitInBytes: number,
    private readonly keptRuns = 16,
  ) {}

  /** Adds a run, or marks it as used, and makes room; the run itself always stays. */
  use(run: R): void {
    this.runs.delete(run.runId);
    this.runs.set(run.runId, run);
    let total = [...this.runs.values()].reduce((sum, one) => sum + one.sizeInBytes, 0);
    for (const other of [...this.runs.values()]) {
      if (other === run || total <= this.limitInBytes) continue;
      total -= other.sizeInBytes;
      other.drop();
    }
    for (const id of [...this.runs.keys()].slice(0, Math.max(0, this.runs.size - this.keptRuns))) this.forget(id);
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
