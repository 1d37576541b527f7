// One subject of an inspection: a model, a text, and what the model did with it. Wire-safe: JSON with finite numbers only.

import type { ModelDescription } from './modelDescription';
import type { Problem } from './problem';
import type { Progress } from './progress';
import type { SeenRun } from './run';

/** A stretch of text in a document, in UTF-16 code units from the start of the document. */
export interface SelectionText {
  readonly text: string;
  readonly uri: string | null;
  /** Offset of `text` in the document. */
  readonly start: number;
  /** For people: `server.txt : 2`. */
  readonly label: string;
  /** Offset of the caret in `text` where nothing was selected (the focus word is the one at the caret). */
  readonly caret?: number;
  /** Version of the document that the text was taken from, as the editor counts; undefined where there is no document. */
  readonly documentVersion?: number;
}

/** Values for inputs of a model as the user wrote them, by the input's name. */
export type GivenTexts = Readonly<Record<string, string>>;

export type Phase =
  | { readonly name: 'idle' }
  | { readonly name: 'loading'; readonly what: string; readonly progress?: Progress }
  | { readonly name: 'running'; readonly what: string; readonly progress?: Progress }
  | { readonly name: 'ready' };

/** The previous picture stays beside a problem; run and model are always of each other. */
export interface Subject {
  readonly model: ModelDescription | null;
  readonly modelLabel: string;
  /** What the user gave for inputs of the model. */
  readonly given: GivenTexts;
  readonly selection: SelectionText | null;
  /** True where the document holds another text by now at the place of the selection. */
  readonly isTextStale?: boolean;
  readonly run: SeenRun | null;
  readonly phase: Phase;
  readonly problem: Problem | null;
}
