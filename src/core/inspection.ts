// The inspection: what the user looks at. Owned by the host; panel, side panel and hover all show the same one.
// Wire-safe: JSON with finite numbers only.

import type { SiteKey } from './names';
import type { TokenListName } from './run';
import type { Subject } from './subject';

/** What the user chose to look at within a run. */
export interface View {
  readonly site: SiteKey;
  /** null: the mean of the layer's heads. */
  readonly head: number | null;
  readonly focus: number;
  /** True when the user chose the head, so that a new text keeps it. */
  readonly isPinned: boolean;
  /** Which of the views shows it; one that the panel does not have stands for its first. */
  readonly tab: string;
}

/** Which of the subjects: the one of the picture, or the other that it is compared with. */
export type SubjectIndex = 0 | 1;

/** The token that the pointer or the caret is on, whoever set it. */
export interface Pointed {
  readonly subject: SubjectIndex;
  readonly list: TokenListName;
  readonly token: number;
}

export type Subjects = readonly [Subject] | readonly [Subject, Subject];

/** The subjects with another one in that place. */
export function withSubject([first, other]: Subjects, place: SubjectIndex, subject: Subject): Subjects {
  if (place === 1) return [first, subject];
  return other ? [subject, other] : [subject];
}

/** The whole small state that the host sends to every surface. */
export interface InspectionState {
  readonly subjects: Subjects;
  readonly view: View | null;
  readonly pointed: Pointed | null;
  /** How special tokens are drawn in the map: dim (narrow gutters), show, hide (said where hidden). */
  readonly specialTokens: 'dim' | 'show' | 'hide';
}
