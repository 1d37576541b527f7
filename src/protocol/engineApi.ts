// host, command line → worker: what the engine answers.

import type { EngineWish } from '../core/engineName';
import type { ModelDescription } from '../core/modelDescription';
import type { ModelDiff } from '../core/modelDiff';
import type { Activation } from '../core/names';
import type { Outcome } from '../core/problem';
import type { Progress } from '../core/progress';
import type { Question } from '../core/question';
import type { RunChecks, RunSummary } from '../core/run';
import type { EndChoice, TokenizedLine } from '../core/token';
import type { Answer } from './ask';
import type { GivenInputs } from './givenInputs';
import type { ModelSource } from './modelSource';

export interface LoadParams {
  readonly source: ModelSource;
  /** ONNX runtime threads; 0: cores available, without those that are spared. */
  readonly threads: number;
  /** Cores that are left to others where `threads` is 0. Default: 0. */
  readonly sparedCores?: number;
  /** Default: WebAssembly. */
  readonly engine?: EngineWish;
  readonly memoryLimitInBytes: number;
  /** The model is loaded also where its tokenizer is missing or broken (to describe it); runs are then refused. */
  readonly tokenizerOptional?: boolean;
  /** The same where no attention is found in it: it is only compared with another one. */
  readonly attentionOptional?: boolean;
  /** Values for inputs that take something else than the text. */
  readonly inputs?: GivenInputs;
}

export interface LoadedModel {
  readonly modelId: number;
  readonly description: ModelDescription;
  /** What was read for it. */
  readonly readFiles: readonly ReadFile[];
}

export interface ReadFile {
  /** Absolute. */
  readonly path: string;
  /** `fileStamp` just before it was read. */
  readonly stamp: string;
}

export interface InspectParams {
  readonly modelId: number;
  readonly text: string;
  readonly pair?: string;
  readonly target?: string;
  /** Use the first part of a text that is too long (said in the summary) instead of refusing it. */
  readonly truncate: boolean;
  /** Offset in the text: of one that is too long, the part around it is used instead of the first. */
  readonly around?: number;
  /** Tokens around the text beyond those of tokenizer.json. Default: auto, as the model's configuration asks. */
  readonly ends?: EndChoice;
  /** What will be asked for; undefined: everything that is not derived, within the memory limit. */
  readonly request?: CaptureRequest;
  /** Whether check 7 (outputs of the unmodified model) runs: before the run is given (true, the default), when `finishChecks` is called, or not. Once per loaded
   * model, skipped above 500 MB. */
  readonly compareOutputs?: boolean | 'later';
  /** Why they are not compared, where `compareOutputs` is false. */
  readonly whyNotCompared?: string;
  /** Runs of different lanes do not take each other's place. Default: 0. */
  readonly lane?: number;
  /** Refuse (captureTooLarge) when what is asked for, as float32, would take more. */
  readonly captureLimitInBytes?: number;
}

export interface DiffParams extends Pick<InspectParams, 'text' | 'pair' | 'target' | 'truncate'> {
  /** Models, by id. */
  readonly first: number;
  readonly second: number;
}

export interface CaptureRequest {
  readonly activations: readonly Activation[];
  readonly layers?: readonly number[];
}

export type OnProgress = (progress: Progress) => void;

/** Who waits for a long work: may give it up between its stages, and is told how far it is. */
export interface Watching {
  readonly signal: AbortSignal;
  readonly progress?: OnProgress | undefined;
}

export interface EngineApi {
  /** Ends between its stages when the signal fires, with AbortError. */
  load(params: LoadParams, signal: AbortSignal, progress?: OnProgress): Promise<Outcome<LoadedModel>>;
  unload(params: { readonly modelId: number }, signal: AbortSignal): Promise<void>;
  /** Single flight: a newer call of the same lane makes an older one that waits fail with AbortError. */
  inspect(params: InspectParams, signal: AbortSignal, progress?: OnProgress): Promise<Outcome<RunSummary>>;
  /** Makes the checks of a run that were said to come, once nothing else waits and nothing was asked for a while. Problem: workerStopped (the run is gone). */
  finishChecks(params: { readonly runId: number }, signal: AbortSignal): Promise<Outcome<RunChecks>>;
  /** One text through two models: every tensor that both compute. */
  diff(params: DiffParams, signal: AbortSignal, progress?: OnProgress): Promise<Outcome<ModelDiff>>;
  /** The runs that something shows now: they are forgotten by nothing, and their tensors go last. */
  hold(params: { readonly runIds: readonly number[] }, signal: AbortSignal): Promise<void>;
  /** What a question is answered with: `Answers`. Problems: workerStopped (the run is gone), activationAbsent, identityFailed. */
  read(question: Question, signal: AbortSignal): Promise<Outcome<Answer>>;
  tokenize(
    params: { readonly tokenizer: Uint8Array; readonly lines: readonly (string | readonly [string, string])[] },
    signal: AbortSignal,
  ): Promise<Outcome<readonly TokenizedLine[]>>;
}
