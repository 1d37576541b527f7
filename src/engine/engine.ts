// The engine: models and runs behind the EngineApi. Knows no platform; every expected failure comes back as a value.

import type { DiffSide, ModelDiff } from '../core/modelDiff';
import { type Outcome, outcomeOf, ProblemError, refuse, required } from '../core/problem';
import type { Answers, Question, QuestionKind, QuestionOf } from '../core/question';
import type { RunChecks, RunSummary } from '../core/run';
import type { TokenizedLine } from '../core/token';
import { throwIfAborted } from '../protocol/abort';
import type { Answer } from '../protocol/ask';
import type { DiffParams, EngineApi, InspectParams, LoadedModel, LoadParams, OnProgress, Watching } from '../protocol/engineApi';
import { createTokenizer } from '../tokenizer/createTokenizer';
import { tokenizeLines } from '../tokenizer/tokenizeLines';
import type { AnswerKind } from './answers/answer';
import { answerKinds } from './answers/kinds';
import { compareTensors } from './diff/diffModels';
import { getTokenizer, type Platform } from './load/loadModel';
import { loadOnRuntime, releaseModel } from './load/loadOnRuntime';
import { noted } from './load/notedFiles';
import { hasFailed, whyNotNative } from './load/whyNotNative';
import type { LoadedModelState } from './model/loadedModel';
import { refuseUnmaskedPadding } from './pass/padding';
import { CaptureStore } from './run/captureStore';
import { settleOutputs } from './run/outputsCheck';
import { Quiet } from './run/quiet';
import { readCaptures } from './run/reading';
import { recordRun } from './run/recordRun';
import { Run } from './run/run';
import { RunQueue } from './run/runQueue';
import { checksOf, summarise } from './run/summarise';
import { withConfiguredEnds } from './text/addedEnds';
import { type ModelText, readModelText } from './text/modelText';

const defaultLimitInBytes = 256 * 2 ** 20;

export class Engine implements EngineApi {
  private readonly models = new Map<number, LoadedModelState>();
  private readonly loadedWith = new Map<number, LoadParams>();
  private readonly store = new CaptureStore<Run>(defaultLimitInBytes);
  private readonly queue = new RunQueue();
  private readonly quiet = new Quiet();
  private nextModelId = 1;
  private nextRunId = 1;

  constructor(private readonly platform: Platform) {}

  load = (params: LoadParams, signal: AbortSignal, progress?: OnProgress): Promise<Outcome<LoadedModel>> =>
    this.queue.run(
      () =>
        outcomeOf(async () => {
          this.store.limitInBytes = params.memoryLimitInBytes || defaultLimitInBytes;
          const { files, read } = noted(this.platform.files);
          const model = await loadOnRuntime(this.nextModelId++, params, { ...this.platform, files }, { signal, progress });
          if (signal.aborted) await releaseModel(model);
          throwIfAborted(signal);
          this.models.set(model.modelId, model);
          this.loadedWith.set(model.modelId, params);
          return { modelId: model.modelId, description: model.description, readFiles: read() };
        }),
      signal,
    );

  unload = ({ modelId }: { readonly modelId: number }, signal: AbortSignal): Promise<void> =>
    this.queue.run(async () => {
      const model = this.models.get(modelId);
      this.models.delete(modelId);
      this.loadedWith.delete(modelId);
      this.store.forgetWhere((run) => run.model === model);
      if (model) await releaseModel(model);
    }, signal);

  inspect = (params: InspectParams, signal: AbortSignal, progress?: OnProgress): Promise<Outcome<RunSummary>> =>
    this.queue.runLatest(params.lane ?? 0, () => outcomeOf(() => this.inspectNow(params, { signal, progress })), signal);

  finishChecks = async ({ runId }: { readonly runId: number }, signal: AbortSignal): Promise<Outcome<RunChecks>> => {
    await this.quiet.comes(signal);
    return this.queue.runIdle(
      () =>
        outcomeOf(async () => {
          const run = this.store.get(runId);
          await settleOutputs(run.first);
          return checksOf(run);
        }),
      signal,
    );
  };

  diff = ({ first, second, ...text }: DiffParams, signal: AbortSignal, progress?: OnProgress): Promise<Outcome<ModelDiff>> =>
    this.queue.run(() => outcomeOf(() => this.diffNow([first, second], text, { signal, progress })), signal);

  hold = async ({ runIds }: { readonly runIds: readonly number[] }): Promise<void> => this.store.hold(runIds);

  read = (question: Question, signal: AbortSignal): Promise<Outcome<Answer>> => {
    this.quiet.touch();
    return outcomeOf(() => this.answer(question, signal));
  };

  tokenize = ({
    tokenizer,
    lines,
  }: {
    readonly tokenizer: Uint8Array;
    readonly lines: readonly (string | readonly [string, string])[];
  }): Promise<Outcome<readonly TokenizedLine[]>> =>
    outcomeOf(async () => tokenizeLines(createTokenizer(await this.platform.tokenizerModule(), tokenizer), lines));

  private async diffNow(modelIds: readonly [number, number], text: Omit<InspectParams, 'modelId'>, watching: Watching): Promise<ModelDiff> {
    const [first = refuse('workerStopped'), second = refuse('workerStopped')] = modelIds.map((modelId) => this.models.get(modelId));
    // On the engine that was wished, also where its identities fail: that is what is asked.
    const sideOf = async (model: LoadedModelState): Promise<DiffSide> => {
      const { engine } = model.description;
      const outcome = await outcomeOf(() => this.runOn(model, { ...text, modelId: model.modelId }, watching));
      return outcome.ok ? { engine, badge: outcome.value.badge, checks: outcome.value.checks } : { engine, badge: null, checks: [], problem: outcome.problem };
    };
    const compared = await compareTensors(first, second, textOf(first, { ...text, modelId: first.modelId }), watching);
    return { ...compared, sides: [await sideOf(first), await sideOf(second)] };
  }

  private async inspectNow(params: InspectParams, watching: Watching): Promise<RunSummary> {
    const model = this.models.get(params.modelId) ?? refuse('workerStopped');
    const first = await outcomeOf(() => this.runOn(model, params, watching));
    const whyNot = whyNotNative(first, model);
    const other = whyNot === undefined ? undefined : await this.runOnWebAssembly(model, params, watching, whyNot);
    return required(other ?? first);
  }

  /** The model goes on on WebAssembly where that gives numbers that agree with each other; undefined where it stays. */
  private async runOnWebAssembly(model: LoadedModelState, params: InspectParams, watching: Watching, whyNot: string): Promise<Outcome<RunSummary> | undefined> {
    const { modelId } = model;
    const loadParams = this.loadedWith.get(modelId) ?? refuse('workerStopped');
    const other = await loadOnRuntime(modelId, { ...loadParams, engine: { choice: 'wasm', whyNotNative: whyNot } }, this.platform, watching);
    const outcome = await outcomeOf(() => this.runOn(other, params, watching));
    if (!outcome.ok || hasFailed(outcome.value)) {
      await releaseModel(other);
      return undefined;
    }
    this.models.set(modelId, other);
    await releaseModel(model);
    return outcome;
  }

  private async runOn(model: LoadedModelState, params: InspectParams, watching: Watching): Promise<RunSummary> {
    const startedAt = Date.now();
    if (model.refusal) throw new ProblemError(model.refusal);
    const run = new Run(this.nextRunId++, model, textOf(model, params), params.request);
    refuseUnmaskedPadding(run.first);
    await recordRun(run, params, this.store, watching);
    return summarise(run, params, startedAt);
  }

  /** Problems: workerStopped (the run is gone), those of the kind of question. */
  private async answer<K extends QuestionKind>(question: QuestionOf<K>, signal: AbortSignal): Promise<Answers[K]> {
    const run = this.store.get(question.runId);
    const pass = run.passes[question.pass ?? 0] ?? refuse('usage', { detail: `There is no pass ${question.pass} in this run.` });
    const kind = answerKinds[question.of] as AnswerKind<K>;
    const needs = kind.needs(pass, question);
    const parts = { store: this.store, queue: this.queue, run, pass, needs };
    return kind.answer(pass, question, needs, (captures, read) => readCaptures(parts, captures, read, signal));
  }
}

/** The tokens of a text, with those that the model's configuration or the caller wants around it. */
export function textOf(model: LoadedModelState, params: InspectParams): ModelText {
  const plain = getTokenizer(model);
  const ended = withConfiguredEnds(plain, model.source, params.ends ?? 'auto');
  const text = readModelText(ended.tokenizer, params, model.rules);
  return { ...text, notes: [...text.notes, ...ended.notesOn(plain.encode(params.text, params.pair).tokens)] };
}
