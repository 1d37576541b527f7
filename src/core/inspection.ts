// The inspection: what the user looks at. Owned by the host; panel, side panel and hover all show the same one.
// Wire-safe: JSON with finite numbers only.

import type { ModelDescription } from './modelDescription';
import type { SiteKey } from './names';
import type { Problem } from './problem';
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
}

/** What the user chose to look at within a run. */
export interface View {
  readonly site: SiteKey;
  /** null: the mean of the layer's heads. */
  readonly head: number | null;
  readonly focus: number;
  /** True when the user chose the head, so that a new text keeps it. */
  readonly isPinned: boolean;
  readonly tab: 'map';
}

/** Values for inputs of a model as the user wrote them, by the input's name. */
export type GivenTexts = Readonly<Record<string, string>>;

export type Phase =
  | { readonly name: 'idle' }
  | { readonly name: 'loading'; readonly what: string }
  | { readonly name: 'running'; readonly what: string }
  | { readonly name: 'ready' };

/** The whole small state that the host sends to every view. The previous picture stays beside a problem; picture and model are always of each other. */
export interface InspectionState {
  readonly phase: Phase;
  readonly model: ModelDescription | null;
  readonly modelLabel: string;
  /** What the user gave for inputs of the model. */
  readonly given: GivenTexts;
  readonly selection: SelectionText | null;
  readonly run: SeenRun | null;
  readonly view: View | null;
  readonly problem: Problem | null;
  /** How special tokens are drawn in the map: dim (narrow gutters), show, hide (said where hidden). */
  readonly specialTokens: 'dim' | 'show' | 'hide';
}
