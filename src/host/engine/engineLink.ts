// The host's hold on the worker: passes calls on, ends it on Stop. Holds no tensors and knows nothing of texts. Run ids go on counting over
// all workers, so that no view takes one run for another.

import { type Outcome, outcomeOf, problem } from '../../core/problem';
import type { Question } from '../../core/question';
import type { RunChecks, RunSummary } from '../../core/run';
import type { EndChoice } from '../../core/token';
import { throwIfAborted } from '../../protocol/abort';
import type { Answer } from '../../protocol/ask';
import type { Port, Remote } from '../../protocol/channel';
import type { EngineApi, InspectParams, LoadedModel, LoadParams, Watching } from '../../protocol/engineApi';
import type { ModelSource } from '../../protocol/modelSource';
import { givenInputsOf } from '../inspection/givenTexts';
import { type HeldModel, type InspectionEngine, type ModelReference, NativeBrokeOff } from '../inspection/inspectionEngine';
import { EngineWorker } from './engineWorker';
import { type Later, LoadedModels } from './loadedModels';
import { NativeFailures } from './nativeFailures';

export interface EngineLinkOptions {
  /** Starts a worker; closing the port ends it. */
  readonly startEngine: () => Port;
  /** Throws a ProblemError where there is no such model. */
  readonly resolve: (reference: ModelReference) => Promise<ModelSource>;
  /** What a file looks like now, as the engine noted it when it read one. */
  readonly stampOf: (path: string) => Promise<string>;
  readonly limits: () => Omit<LoadParams, 'source' | 'inputs'> & { readonly ends?: EndChoice };
  /** By the clock of this process, where tests give no other. */
  readonly later?: Later;
}

const byTheClock: Later = (work, milliseconds) => {
  const timer = setTimeout(work, milliseconds);
  return () => clearTimeout(timer);
};

/** One is the editor's: threads that share it wait for each other, and short texts take twice as long. */
const sparedCores = 1;

/** A run may record this many times the memory limit in all: layer by layer, each within the limit. */
const captureFactor = 16;

export class EngineLink implements InspectionEngine {
  private readonly worker: EngineWorker;
  private readonly models: LoadedModels;
  /** Requests for numbers that are not answered yet, by the run that they ask. */
  private readonly requests = new Map<AbortController, number>();
  /** Runs that subjects show. */
  private held: ReadonlySet<number> = new Set();
  /** Added to the run ids of the present worker. */
  private runBase = 0;
  private lastRunId = 0;
  /** What each loaded model was made from. */
  private readonly sources = new WeakMap<LoadedModel, ModelSource>();
  /** Of the models of the present worker. */
  private readonly references = new Map<number, ModelReference>();
  private readonly nativeFailures = new NativeFailures();

  constructor(private readonly options: EngineLinkOptions) {
    this.models = new LoadedModels({
      load: (model, watching) => this.loadModel(this.worker.get(), model, watching),
      unload: (modelId) => void this.worker.running?.unload({ modelId }).catch(() => undefined),
      later: options.later ?? byTheClock,
    });
    this.worker = new EngineWorker(
      () => this.options.startEngine(),
      () => {
        this.models.clear();
        this.references.clear();
        this.runBase = this.lastRunId;
      },
    );
  }

  isLoaded(model: HeldModel): boolean {
    return this.worker.running !== null && this.models.isLoaded(model);
  }

  /** A model that was loaded before is looked at again: where its files are others by now it is loaded anew, where they are gone it is refused. */
  async load(model: HeldModel, watching: Watching): Promise<Outcome<LoadedModel>> {
    // A worker that ended by itself has no model any more.
    this.worker.get();
    const isNew = !this.models.isKnown(model);
    const outcome = await this.models.load(model, watching);
    if (isNew || !outcome.ok) return outcome;
    const source = await outcomeOf(() => this.options.resolve(model.reference));
    if (!source.ok) return source;
    const isFresh = await this.isMadeFrom(outcome.value, source.value);
    throwIfAborted(watching.signal);
    // The worker may have ended meanwhile.
    this.worker.get();
    return isFresh && this.isLoaded(model) ? outcome : this.models.renew(model, outcome.value, watching);
  }

  holdModels(models: readonly HeldModel[]): void {
    this.models.hold(models);
  }

  async inspect(params: InspectParams, { signal, progress }: Watching): Promise<Outcome<RunSummary>> {
    const engine = this.worker.get();
    const { runBase } = this;
    const { memoryLimitInBytes, ends } = this.options.limits();
    const captureLimitInBytes = captureFactor * memoryLimitInBytes;
    const reference = this.references.get(params.modelId);
    const inspecting = this.worker.ask(engine, () => engine.inspect({ captureLimitInBytes, ...(ends && { ends }), ...params }, signal, progress));
    const outcome = await inspecting.catch((error: unknown) => this.failed(error, engine, reference));
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

  async finishChecks(runId: number, signal: AbortSignal): Promise<Outcome<RunChecks>> {
    const ofWorker = this.runIdOfWorker(runId);
    return ofWorker === undefined ? stopped() : this.request(runId, signal, (engine, own) => engine.finishChecks({ runId: ofWorker }, own));
  }

  holdRuns(runIds: readonly number[]): void {
    const released = [...this.held].filter((runId) => !runIds.includes(runId));
    this.held = new Set(runIds);
    for (const [request, asked] of this.requests) if (released.includes(asked)) request.abort();
    const ofWorker = runIds.flatMap((runId) => this.runIdOfWorker(runId) ?? []);
    this.worker.running?.hold({ runIds: ofWorker }).catch(() => undefined);
  }

  stop(): void {
    this.worker.stop();
  }

  private async isMadeFrom(loaded: LoadedModel, source: ModelSource): Promise<boolean> {
    if (JSON.stringify(source) !== JSON.stringify(this.sources.get(loaded))) return false;
    const stamps = await Promise.all(loaded.readFiles.map(({ path }) => this.options.stampOf(path)));
    return loaded.readFiles.every(({ stamp }, i) => stamp === stamps[i]);
  }

  /** undefined: a run of an earlier worker. */
  private runIdOfWorker(runId: number): number | undefined {
    return this.worker.running === null || runId <= this.runBase ? undefined : runId - this.runBase;
  }

  private async loadModel(engine: Remote<EngineApi>, { reference, given }: HeldModel, { signal, progress }: Watching): Promise<Outcome<LoadedModel>> {
    const source = await outcomeOf(() => this.options.resolve(reference));
    if (!source.ok) return source;
    const { threads, memoryLimitInBytes, engine: wanted } = this.options.limits();
    const inputs = givenInputsOf(given);
    const wish = this.nativeFailures.wishFor(reference, wanted);
    const params = { source: source.value, threads, sparedCores, memoryLimitInBytes, ...(wish && { engine: wish }), ...(inputs && { inputs }) };
    const loading = this.worker.ask(engine, () => engine.load(params, signal, progress));
    const outcome = await loading.catch((error: unknown) => this.failed(error, engine, reference));
    if (!outcome.ok) return outcome;
    this.sources.set(outcome.value, source.value);
    this.references.set(outcome.value.modelId, reference);
    return outcome;
  }

  /** The native runtime may have taken the engine with it: then that is noted. Throws in any case. */
  private failed(error: unknown, engine: Remote<EngineApi>, reference: ModelReference | undefined): never {
    const isBroken = reference !== undefined && this.worker.hasBrokenOff(engine) && this.nativeFailures.note(reference, this.options.limits().engine);
    throw isBroken ? new NativeBrokeOff('The native runtime broke off.') : error;
  }

  /** A call for numbers of a run: ends with the caller's signal and with its run. */
  private async request<T>(
    runId: number,
    signal: AbortSignal,
    call: (engine: Remote<EngineApi>, own: AbortSignal) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    const engine = this.worker.get();
    const controller = new AbortController();
    const abort = () => controller.abort();
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    this.requests.set(controller, runId);
    try {
      return await this.worker.ask(engine, () => call(engine, controller.signal));
    } finally {
      this.requests.delete(controller);
      signal.removeEventListener('abort', abort);
    }
  }
}

function stopped(): Outcome<never> {
  return { ok: false, problem: problem('workerStopped') };
}
