// What the inspection needs of an engine: the real one is a worker (engineLink), tests give a fake.

import type { Outcome } from '../../core/problem';
import type { RunChecks, RunSummary } from '../../core/run';
import type { GivenTexts } from '../../core/subject';
import type { Reader } from '../../protocol/ask';
import type { InspectParams, LoadedModel, Watching } from '../../protocol/engineApi';

/** `bundled:NAME` or an absolute path of a folder or an .onnx file. */
export type ModelReference = string;

/** A model with values for some of its inputs: other values make another one. */
export interface HeldModel {
  readonly reference: ModelReference;
  readonly given: GivenTexts;
}

/** The native runtime took the engine with it: what was asked for is to be asked again, and WebAssembly answers. */
export class NativeBrokeOff extends Error {}

export interface InspectionEngine extends Reader {
  /** True when `load` answers at once. */
  isLoaded(model: HeldModel): boolean;
  /** The loaded model; loads it first where needed. Throws NativeBrokeOff. */
  load(model: HeldModel, watching: Watching): Promise<Outcome<LoadedModel>>;
  /** Throws NativeBrokeOff. */
  inspect(params: InspectParams, watching: Watching): Promise<Outcome<RunSummary>>;
  /** The checks of a run that were said to come. */
  finishChecks(runId: number, signal: AbortSignal): Promise<Outcome<RunChecks>>;
  /** The models that subjects show or wait for; the engine lets go of every other one, at once or after a while. */
  holdModels(models: readonly HeldModel[]): void;
  /** The runs that subjects show: the engine keeps them, and requests for numbers of runs that nothing shows any more end. */
  holdRuns(runIds: readonly number[]): void;
  /** Ends what runs, with the worker; the next load starts a new one. Earlier runs are gone. */
  stop(): void;
}
