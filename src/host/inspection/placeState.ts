// What a place of the inspection is given, and what it tells of its subject.

import type { View } from '../../core/inspection';
import type { Problem } from '../../core/problem';
import type { SeenRun } from '../../core/run';
import type { Subject } from '../../core/subject';
import type { GivenMemory } from './givenTexts';
import type { InspectionEngine } from './inspectionEngine';
import type { InspectionRequest, LabelOf } from './inspectionRequest';

/** Why there is no new picture; 'superseded': a newer wish or Stop came before; null: there is. */
export type Ending = Problem | 'superseded' | null;

export interface PlaceOptions {
  readonly engine: InspectionEngine;
  readonly labelOf: LabelOf;
  /** Values that the user gave for inputs, by model. */
  readonly memory: GivenMemory;
  /** Unexpected errors, with their stack; the state holds a sentence only. */
  readonly onError: (error: unknown) => void;
}

/** What a place is told of, and tells, the state. */
export interface PlaceState {
  readonly subject: () => Subject;
  readonly change: (change: Partial<Subject>) => void;
  /** How a new run is looked at first; null where the place has no view of its own. */
  readonly viewFor: (run: SeenRun, request: InspectionRequest) => View | null;
  readonly settle: (subject: Subject, view: View | null) => void;
  /** What this place holds or waits for has changed. */
  readonly held: () => void;
  /** The view of its picture, where it has one. */
  readonly view: () => View | null;
}

export function emptySubject(modelLabel: string): Subject {
  return { phase: { name: 'idle' }, model: null, modelLabel, given: {}, selection: null, isTextStale: false, run: null, problem: null };
}
