// What differs between the places where the extension runs: how the engine starts, and how model files are found.

import type { CaptureWatch, CaptureWish } from '../../captures/captureWish';
import type { Reader } from '../../protocol/ask';
import type { Port } from '../../protocol/channel';
import type { ModelSource } from '../../protocol/modelSource';
import type { ModelReference } from '../inspection/inspectionEngine';

export interface ListedModel {
  readonly reference: ModelReference;
  /** For people: `encoder`, `my-export`. */
  readonly name: string;
  /** One line more: what it is, or where it lies. */
  readonly description: string;
  /** What it lacks before it can run a text: `needs a tokenizer.json`. */
  readonly need?: string;
}

export interface Platform {
  /** Starts an engine; closing the port ends it. */
  startEngine(): Port;
  /** The files of a model. Throws a ProblemError where there is none. */
  resolveModel(reference: ModelReference): Promise<ModelSource>;
  /** `fileStamp` of a file; `noStamp` when it cannot be read. */
  stampOf(path: string): Promise<string>;
  /** The models that come with the extension. */
  bundledModels(): Promise<readonly ListedModel[]>;
  /** The model at `path`, or the models in the folders directly below it; empty where there are none. */
  modelsAt(path: string): Promise<readonly ListedModel[]>;
  /** Writes a run as a file. Problems: as `writeCapture`. */
  writeCapture(reader: Reader, wish: CaptureWish, watch: CaptureWatch): Promise<void>;
  /** `~` and paths relative to `base` made absolute. */
  absolutePath(path: string, base: string | undefined): string;
  /** Whether one open dialog can offer files and folders. */
  readonly dialogTakesBoth: boolean;
}
