// host, command line → worker: what the engine answers.

import type { RunSummary } from '../core/inspection';
import type { ModelDescription } from '../core/modelDescription';
import type { Activation, Kind, Tower } from '../core/names';
import type { Outcome } from '../core/problem';
import type { SliceKey } from '../core/sliceKey';
import type { TensorPack } from '../core/tensorPack';
import type { TokenizedLine } from '../core/token';
import type { GivenInputs } from './givenInputs';
import type { ModelSource } from './modelSource';

export interface LoadParams {
  readonly source: ModelSource;
  /** ONNX runtime threads; 0: cores available. */
  readonly threads: number;
  readonly memoryLimitInBytes: number;
  /** The model is loaded also where its tokenizer is missing or broken (to describe it); runs are then refused. */
  readonly tokenizerOptional?: boolean;
  /** Values for inputs that take something else than the text. */
  readonly inputs?: GivenInputs;
}

export interface LoadedModel {
  readonly modelId: number;
  readonly description: ModelDescription;
}

export interface InspectParams {
  readonly modelId: number;
  readonly text: string;
  readonly pair?: string;
  readonly target?: string;
  /** Use the first part of a text that is too long (said in the summary) instead of refusing it. */
  readonly truncate: boolean;
  /** What will be asked for; undefined: everything that is not derived, within the memory limit. */
  readonly request?: CaptureRequest;
  /** Character offset in `text` of the word the user means (caret). */
  readonly caret?: number;
  /** Words of the text inspected before: the longest shared one becomes the focus. */
  readonly previousText?: string;
  /** Whether check 7 (outputs of the unmodified model) runs. Default: once per loaded model, skipped above 500 MB. */
  readonly compareOutputs?: boolean;
  /** Refuse (captureTooLarge) when what is asked for, as float32, would take more. */
  readonly captureLimitInBytes?: number;
}

export interface CaptureRequest {
  readonly activations: readonly Activation[];
  readonly layers?: readonly number[];
}

export interface ThumbnailParams {
  readonly runId: number;
  readonly pass: number;
  readonly tower: Tower;
  readonly kind: Kind;
  /** Longest side of a thumbnail in cells; larger maps are pooled by the largest weight per tile. */
  readonly maxSide: number;
}

/**
 * Entries of the pack: per layer `L{n}` u8 [head, rows, columns], value/255 of `domain`; special tokens left out
 * (`rows`/`columns` say how many cells). f32 `domain` [2]: 0 … 99.5th percentile of these values over all heads.
 */
export type ThumbnailPack = TensorPack;

export interface EngineApi {
  load(params: LoadParams, signal: AbortSignal): Promise<Outcome<LoadedModel>>;
  unload(params: { readonly modelId: number }, signal: AbortSignal): Promise<void>;
  /** Single flight: a newer call makes an older one that waits fail with AbortError. */
  inspect(params: InspectParams, signal: AbortSignal): Promise<Outcome<RunSummary>>;
  /** One entry `values` f32; dims without batch axis. */
  slice(params: SliceKey, signal: AbortSignal): Promise<Outcome<TensorPack>>;
  thumbnails(params: ThumbnailParams, signal: AbortSignal): Promise<Outcome<ThumbnailPack>>;
  tokenize(
    params: { readonly tokenizer: Uint8Array; readonly lines: readonly (string | readonly [string, string])[] },
    signal: AbortSignal,
  ): Promise<Outcome<readonly TokenizedLine[]>>;
}
