// One worker after another: started when it is needed, given up where an answer says that it is lost. Knows neither models nor texts.

import type { Outcome, Problem } from '../../core/problem';
import { ChannelClosed, connect, type Port, type Remote } from '../../protocol/channel';
import type { EngineApi } from '../../protocol/engineApi';

/** After these a worker answers nothing rightly any more: the heap of its runtime never shrinks, and an aborted runtime stays so. */
const deadly: readonly string[] = ['outOfMemory', 'engineEnded'];

export class EngineWorker {
  private remote: Remote<EngineApi> | null = null;
  /** Ended by us, or given up. */
  private readonly stopped = new WeakSet<Remote<EngineApi>>();
  /** Why a worker was given up. */
  private readonly endings = new WeakMap<Remote<EngineApi>, Problem>();

  constructor(
    private readonly start: () => Port,
    /** A worker is gone: whatever it had is gone with it. */
    private readonly gone: () => void,
  ) {}

  /** The one that runs; null where none does. */
  get running(): Remote<EngineApi> | null {
    return this.remote?.closed ? null : this.remote;
  }

  /** The one that runs; starts one where none does. */
  get(): Remote<EngineApi> {
    const { running } = this;
    if (running) return running;
    this.gone();
    this.remote = connect<EngineApi>(this.start());
    return this.remote;
  }

  /** One call to a worker. Where its answer says that the worker is lost, the next call starts another, and all that wait for this one get the same reason. */
  async ask<T>(engine: Remote<EngineApi>, call: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
    try {
      const outcome = await call();
      if (!outcome.ok && deadly.includes(outcome.problem.code)) this.giveUp(engine, outcome.problem);
      return outcome;
    } catch (error) {
      const ending = this.endings.get(engine);
      if (ending && error instanceof ChannelClosed) return { ok: false, problem: ending };
      throw error;
    }
  }

  /** Whether it ended without anybody having ended it. */
  hasBrokenOff(engine: Remote<EngineApi>): boolean {
    return engine.closed && !this.stopped.has(engine);
  }

  stop(): void {
    if (this.running) this.stopped.add(this.running);
    this.remote?.close();
    this.remote = null;
    this.gone();
  }

  private giveUp(engine: Remote<EngineApi>, reason: Problem): void {
    if (this.endings.has(engine)) return;
    this.endings.set(engine, reason);
    this.stopped.add(engine);
    if (this.remote === engine) this.stop();
    else engine.close();
  }
}
