// What every kind of answer is made of. A new kind is one file here and one line in `kinds.ts`.

import type { Answers, QuestionKind, QuestionOf } from '../../core/question';
import type { PlannedCapture } from '../model/captureTable';
import type { Pass } from '../run/pass';

/** Captures in groups that are read one after the other, each of which is there together. */
export type CaptureGroups = readonly (readonly PlannedCapture[])[];

/** Makes sure that these captures are there, together, and reads them before other work can let them go. */
export type Reading = <T>(captures: readonly PlannedCapture[], read: () => T | Promise<T>) => Promise<T>;

export interface AnswerKind<K extends QuestionKind> {
  /** The captures that the answer rests on. */
  needs(pass: Pass, question: QuestionOf<K>): CaptureGroups;
  /** Reads what it needs, group by group, and gives out only what is vouched for. */
  answer(pass: Pass, question: QuestionOf<K>, needs: CaptureGroups, reading: Reading): Promise<Answers[K]>;
}
