// The host's hold on the worker: starts it when needed, passes calls on, ends it on Stop. Holds no tensors and knows nothing of
// texts. Run ids go on counting over all workers, so that no view takes one run for another.

import { type Outcome, outcomeOf, type Problem, problem } from '../../core/problem';
import type { Question } from '../../core/question';
import type { RunSummary } from '../../core/run';
import type { EndChoice } from '../../core/token';
import type { Answer } from '../../protocol/ask';
import { ChannelClosed, connect, type Port, type Remote } from '../../protocol/channel';
import type { EngineApi, InspectParams, LoadedModel, LoadParams, Watching } from '../../protocol/engineApi';
import type { ModelSource } from '../../protocol/modelSource';
import { givenInputsOf } from '../inspection/givenTexts';
import type { HeldModel, InspectionEngine, ModelReference } from '../inspection/inspectionEngine';
import { type Later, LoadedModels } from './loadedModels';

export interface EngineLinkOptions {
  /** Starts a worker; closing the port ends it. */
  readonly startEngine: (threads: number) => Port;
  /** Throws a ProblemError where there is no such model. */
  readonly resolve: (reference: ModelReference) => Promise<ModelSource>;
  readonly limits: () => Omit<LoadParams, 'source' | 'inputs'> & { readonly ends?: EndChoice };
  /** By the clock of this process, where tests give no other. */
  readonly later?: Later;
}

const byTheClock: Later = (work, milliseconds) => {
  const timer = setTimeout(work, milliseconds);
  return () => clearTimeout(timer);
};

/** A run may record this many times the memory limit in all: layer by layer, each within the limit. */
const captureFactor = 16;

/** After these a worker answers nothing rightly any more: the heap of its runtime never shrinks, and an aborted runtime stays so. */
const deadly: readonly string[] = ['outOfMemory', 'engineEnded'];

export class EngineLink implements InspectionEngine {
  private remote: Remote<EngineApi> | null = null;
  private readonly models: LoadedModels;
  /** Requests for numbers that are not answered yet, by the run that they ask. */
  private readonly requests = new Map<AbortController, number>();
  /** Runs that subjects show. */
  private held: ReadonlySet<number> = new Set();
  /** Why a worker was given up. */
  private readonly endings = new WeakMap<Remote<EngineApi>, Problem>();
  /** Added to the run ids of the present worker. */
  private runBase = 0;
  private lastRunId = 0;

  constructor(private readonly options: EngineLinkOptions) {
    this.models = new LoadedModels({
      load: (model, watching) => this.loadModel(this.engine(), model, watching),
      unload: (modelId) => void this.remote?.unload({ modelId }).catch(() => undefined),
      later: options.later ?? byTheClock,
    });
  }

  isLoaded(model: HeldModel): boolean {
    return !this.isDown() && this.models.isLoaded(model);
  }

  load(model: HeldModel, watching: Watching): Promise<Outcome<LoadedModel>> {
    if (this.isDown()) this.models.clear();
    return this.models.load(model, watching);
  }

  holdModels(models: readonly HeldModel[]): void {
    this.models.hold(models);
  }

  async inspect(params: InspectParams, { signal, progress }: Watching): Promise<Outcome<RunSummary>> {
    const engine = this.engine();
    const { runBase } = this;
    const { memoryLimitInBytes, ends } = this.options.limits();
    const captureLimitInBytes = captureFactor * memoryLimitInBytes;
    const outcome = await this.ask(engine, () => engine.inspect({ captureLimitInBytes, ...(ends && { ends }), ...params }, signal, progress));
    if (!outcome.ok) return outcome;
    const runId = outcome.value.runId + runBase;
    this.lastRunId = Math.max(this.lastRunId, runId);
    return { ok: true, value: { ...outcome.value, runId } };
  }

  /** The run may have gone with a worker that was stopped: then the reason comes back. */
  async read(question: Question, signal: AbortSignal): Promise<Outcome<Answer>> {
    const runId = this.runIdOfWorker(question.runId);
    return runId === undefined ? stopped() : this.request(question.runId, signal, (engine, own) => engine.read({ ...question, runId }, own));
  }

  holdRuns(runIds: readonly number[]): void {
    const released = [...this.held].filter((runId) => !runIds.includes(runId));
    this.held = new Set(runIds);
    for (const [request, asked] of this.requests) if (released.includes(asked)) request.abort();
    const ofWorker = runIds.flatMap((runId) => this.runIdOfWorker(runId) ?? []);
    if (!this.isDown()) this.remote?.hold({ runIds: ofWorker }).catch(() => undefined);
  }

  stop(): void {
    this.remote?.close();
    this.remote = null;
    this.models.clear();
  }

  private isDown(): boolean {
    return this.remote === null || this.remote.closed;
  }

  private engine(): Remote<EngineApi> {
    if (this.remote === null || this.remote.closed) {
      this.runBase = this.lastRunId;
      this.remote = connect<EngineApi>(this.options.startEngine(this.options.limits().threads));
    }
    return this.remote;
  }

  /** One call to a worker. Where its answer says that the worker is lost, the next call starts another, and all that wait for this one get the same reason. */
  private async ask<T>(engine: Remote<EngineApi>, call: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
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

  private giveUp(engine: Remote<EngineApi>, reason: Problem): void {
    if (this.endings.has(engine)) return;
    this.endings.set(engine, reason);
    if (this.remote === engine) this.stop();
    else engine.close();
  }

  /** undefined: a run of an earlier worker. */
  private runIdOfWorker(runId: number): number | undefined {
    return this.isDown() || runId <= this.runBase ? undefined : runId - this.runBase;
  }

  private async loadModel(engine: Remote<EngineApi>, { reference, given }: HeldModel, { signal, progress }: Watching): Promise<Outcome<LoadedModel>> {
    const source = await outcomeOf(() => this.options.resolve(reference));
    if (!source.ok) return source;
    const { threads, memoryLimitInBytes } = this.options.limits();
    const inputs = givenInputsOf(given);
    const params = { source: source.value, threads, memoryLimitInBytes, ...(inputs && { inputs }) };
    return this.ask(engine, () => engine.load(params, signal, progress));
  }

  /** A call for numbers of a run: ends with the caller's signal and with its run. */
  private async request<T>(
    runId: number,
    signal: AbortSignal,
    call: (engine: Remote<EngineApi>, own: AbortSignal) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    const engine = this.engine();
    const controller = new AbortController();
    const abort = () => controller.abort();
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    this.requests.set(controller, runId);
    try {
      return await this.ask(engine, () => call(engine, controller.signal));
    } finally {
      this.requests.delete(controller);
      signal.removeEventListener('abort', abort);
    }
  }
}

function stopped(): Outcome<never> {
  return { ok: false, problem: problem('workerStopped') };
}
