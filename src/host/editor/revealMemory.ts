// The token that the panel last selected in an editor, and the text that it is of: inspecting again means the text, not the token.
// Works on text and offsets only; knows nothing of editors.

import type { SelectionText } from '../../core/subject';
import type { TextPlace } from './selectionText';

interface Reveal {
  readonly uri: string;
  /** UTF-16 offsets of the token in the document. */
  readonly start: number;
  readonly end: number;
  readonly selection: SelectionText;
}

export class RevealMemory {
  private last: Reveal | null = null;

  /** A token at `start … end` of the document was selected, of the text that `selection` holds. */
  note(reveal: Reveal): void {
    this.last = reveal;
  }

  /** The user selected something. */
  forget(): void {
    this.last = null;
  }

  /** What the user selected before the reveal, where the place is the token revealed; else the place as it is. */
  placeBehind(place: TextPlace): TextPlace {
    const last = this.last;
    if (!last || place.uri !== last.uri || place.start !== last.start || place.end !== last.end) return place;
    const { start, text, caret } = last.selection;
    return caret === undefined ? { ...place, start, end: start + text.length } : { ...place, start: start + caret, end: start + caret };
  }
}
