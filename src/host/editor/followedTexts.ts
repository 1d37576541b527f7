// Texts that were taken from documents, and where each of them stands by now. Knows nothing of editors: edits are told.

import type { SelectionText } from '../../core/subject';
import { type Edit, moved, type Stretch } from './stretch';

interface Followed {
  readonly selection: SelectionText;
  place: Stretch;
}

/** Those of two pictures, and of the two that may take their place. */
const mostFollowed = 4;

export class FollowedTexts {
  private followed: readonly Followed[] = [];

  /** From now on this text is followed, as it stands in the document at this moment. */
  follow(selection: SelectionText): void {
    if (selection.uri === null || this.find(selection)) return;
    const { start, text } = selection;
    this.followed = [{ selection, place: { start, end: start + text.length } }, ...this.followed].slice(0, mostFollowed);
  }

  /** A document was edited: the edits in the order in which they apply. */
  edit(uri: string, edits: readonly Edit[]): void {
    for (const one of this.followed) if (one.selection.uri === uri) one.place = edits.reduce(moved, one.place);
  }

  /** Where the text stands by now; where it was taken from when it is not followed. */
  placeOf(selection: SelectionText): Stretch {
    return this.find(selection)?.place ?? { start: selection.start, end: selection.start + selection.text.length };
  }

  private find(selection: SelectionText): Followed | undefined {
    return this.followed.find((one) => one.selection === selection);
  }
}
