// A model in the engine: its files ready to run, its tokenizer, and everything that is known of it before a text comes.

import type { Check } from '../core/check';
import type { ModelDescription } from '../core/modelDescription';
import type { Problem } from '../core/problem';
import type { GivenInputs } from '../protocol/givenInputs';
import type { ModelSource } from '../protocol/modelSource';
import type { Tokenizer } from '../tokenizer/createTokenizer';
import type { PlannedCapture } from './captureTable';
import type { ModelSizes } from './modelLimits';
import type { ModelPart } from './modelPart';
import type { TextRules } from './modelText';

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
  readonly sizes: ModelSizes;
  /** Check 7, once it was made or skipped. */
  outputsCheck?: Check;
}
