// A model in the engine: its files ready to run, its tokenizer, and everything that is known of it before a text comes.

import type { Check } from '../../core/check';
import type { ModelDescription } from '../../core/modelDescription';
import type { Problem } from '../../core/problem';
import type { RunNote } from '../../core/token';
import type { GraphFacts } from '../../onnx/facts/graphFacts';
import type { GivenInputs } from '../../protocol/givenInputs';
import type { ModelSource } from '../../protocol/modelSource';
import type { Tokenizer } from '../../tokenizer/createTokenizer';
import type { RowFinding } from '../checks/rowFinding';
import type { ModelPart } from '../session/modelPart';
import type { ModelSizes } from '../text/modelLimits';
import type { TextRules } from '../text/modelText';
import type { PlannedCapture } from './captureTable';

/** What a model computes in; of several files that of the first that is no float32. */
export function precisionOf({ parts }: Pick<LoadedModelState, 'parts'>): GraphFacts['precision'] {
  return parts.find((part) => part.facts.precision !== 'float32')?.facts.precision ?? 'float32';
}

export interface LoadedModelState {
  readonly modelId: number;
  readonly source: ModelSource;
  readonly parts: readonly ModelPart[];
  readonly tokenizer: Tokenizer | Problem;
  readonly table: readonly PlannedCapture[];
  readonly description: ModelDescription;
  readonly rules: TextRules;
  readonly padId: number;
  /** Values that the user gave for inputs. */
  readonly given?: GivenInputs;
  /** Why the model cannot be run, where the trial showed that. */
  readonly refusal?: Problem;
  /** What is to be said of every run of it. */
  readonly notes: readonly RunNote[];
  readonly sizes: ModelSizes;
  /** Check 7, once it was made or skipped. */
  outputsCheck?: Check;
  /** Whether rows and columns are the tokens, per site; tried once for as many files as run. */
  readonly words: Map<number, ReadonlyMap<string, RowFinding>>;
}
