// One piece of work at a time, because the runtime takes one call at a time. Of works in one lane, which replace each other, only the latest waits;
// idle work waits for all others.

import { abortError } from '../../protocol/abort';

interface Waiting {
  readonly start: () => void;
  readonly drop: (error: Error) => void;
  /** Works of one lane replace each other; undefined: it is never replaced. */
  readonly lane: number | undefined;
  readonly isIdle: boolean;
}

const dropped = () => abortError('A newer call took its place, or it was cancelled.');

export class RunQueue {
  private readonly waiting: Waiting[] = [];
  private isBusy = false;

  /** Runs `work` when all earlier works are done. Fails with AbortError when the signal fires while it waits. */
  run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return this.enqueue(work, signal, {});
  }

  /** The same, once nothing else waits. */
  runIdle<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return this.enqueue(work, signal, { isIdle: true });
  }

  /** The same, but drops (with AbortError) every such work of its lane that still waits: the latest wins. */
  runLatest<T>(lane: number, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (const entry of this.waiting.filter((one) => one.lane === lane)) this.drop(entry);
    return this.enqueue(work, signal, { lane });
  }

  private enqueue<T>(work: () => Promise<T>, signal: AbortSignal, { lane, isIdle = false }: { readonly lane?: number; readonly isIdle?: boolean }): Promise<T> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(dropped());
      const start = () => {
        void work()
          .then(resolve, reject)
          .finally(() => {
            this.isBusy = false;
            this.next();
          });
      };
      const entry: Waiting = { start, drop: reject, lane, isIdle };
      signal.addEventListener('abort', () => this.drop(entry), { once: true });
      this.waiting.push(entry);
      this.next();
    });
  }

  private drop(entry: Waiting): void {
    const index = this.waiting.indexOf(entry);
    if (index < 0) return;
    this.waiting.splice(index, 1);
    entry.drop(dropped());
  }

  private next(): void {
    if (this.isBusy) return;
    const first = this.waiting.findIndex((entry) => !entry.isIdle);
    const [entry] = this.waiting.splice(Math.max(0, first), 1);
    if (!entry) return;
    this.isBusy = true;
    entry.start();
  }
}
