// What the inspection needs of an engine: the real one is a worker (engineLink), tests give a fake.

import type { Outcome } from '../../core/problem';
import type { RunSummary } from '../../core/run';
import type { GivenTexts } from '../../core/subject';
import type { Reader } from '../../protocol/ask';
import type { InspectParams, LoadedModel } from '../../protocol/engineApi';

/** `bundled:NAME` or an absolute path of a folder or an .onnx file. */
export type ModelReference = string;

export interface InspectionEngine extends Reader {
  /** True when `load` answers at once. */
  isLoaded(reference: ModelReference, given?: GivenTexts): boolean;
  /** The loaded model, with values for some of its inputs; loads it first where needed. */
  load(reference: ModelReference, signal: AbortSignal, given?: GivenTexts): Promise<Outcome<LoadedModel>>;
  inspect(params: InspectParams, signal: AbortSignal): Promise<Outcome<RunSummary>>;
  /** Lets go of every other model, and of this one with other values. */
  keepOnly(reference: ModelReference, given?: GivenTexts): void;
  /** The runs that subjects show: the engine keeps them, and requests for numbers of runs that nothing shows any more end. */
  holdRuns(runIds: readonly number[]): void;
  /** Ends what runs, with the worker; the next load starts a new one. Earlier runs are gone. */
  stop(): void;
}
