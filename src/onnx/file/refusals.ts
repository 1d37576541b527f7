// How the parts of a file refuse it: with the problem, and in the name of the file.

import { refuse } from '../../core/problem';

export interface Refusals {
  /** Beyond what can be read safely. */
  readonly tooLarge: (reason: string) => never;
  /** What it says contradicts itself. */
  readonly broken: (reason: string) => never;
}

/** Problems: onnxTooLarge, notOnnx. */
export const refusalsOf = (file: string): Refusals => ({
  tooLarge: (reason) => refuse('onnxTooLarge', { file, reason }),
  broken: (reason) => refuse('notOnnx', { file, reason }),
});
