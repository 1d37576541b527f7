// The engine: models and runs behind the EngineApi. Knows no platform; every expected failure comes back as a value.

import { type Outcome, outcomeOf, ProblemError, refuse } from '../core/problem';
import type { Answers, Question, QuestionKind, QuestionOf } from '../core/question';
import type { RunChecks, RunSummary } from '../core/run';
import type { TokenizedLine } from '../core/token';
import { throwIfAborted } from '../protocol/abort';
import type { Answer } from '../protocol/ask';
import type { EngineApi, InspectParams, LoadedModel, LoadParams, OnProgress, Watching } from '../protocol/engineApi';
import { createTokenizer } from '../tokenizer/createTokenizer';
import { tokenizeLines } from '../tokenizer/tokenizeLines';
import type { AnswerKind } from './answers/answer';
import { answerKinds } from './answers/kinds';
import { getTokenizer, loadModel, type Platform } from './load/loadModel';
import { noted } from './load/notedFiles';
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
          const model = await loadModel(this.nextModelId++, params, { ...this.platform, files }, { signal, progress });
          if (signal.aborted) await released(model);
          throwIfAborted(signal);
          this.models.set(model.modelId, model);
          return { modelId: model.modelId, description: model.description, readFiles: read() };
        }),
      signal,
    );

  unload = ({ modelId }: { readonly modelId: number }, signal: AbortSignal): Promise<void> =>
    this.queue.run(async () => {
      const model = this.models.get(modelId);
      this.models.delete(modelId);
      this.store.forgetWhere((run) => run.model === model);
      if (model) await released(model);
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

  private async inspectNow(params: InspectParams, watching: Watching): Promise<RunSummary> {
    const startedAt = Date.now();
    const model = this.models.get(params.modelId) ?? refuse('workerStopped');
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

async function released({ parts }: LoadedModelState): Promise<void> {
  for (const part of parts) await part.release();
}

/** The tokens of a text, with those that the model's configuration or the caller wants around it. */
export function textOf(model: LoadedModelState, params: InspectParams): ModelText {
  const plain = getTokenizer(model);
  const ended = withConfiguredEnds(plain, model.source, params.ends ?? 'auto');
  const text = readModelText(ended.tokenizer, params, model.rules);
  return { ...text, notes: [...text.notes, ...ended.notesOn(plain.encode(params.text, params.pair).tokens)] };
}
