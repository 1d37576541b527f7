// What of a document is inspected: the selection, or the sentence at the caret. Works on text and offsets only.

import type { SelectionText } from '../../core/subject';
import { findSentence } from './sentence';

/** A document and a selection in it, in UTF-16 code units. */
export interface TextPlace {
  readonly text: string;
  readonly uri: string;
  readonly fileName: string;
  /** As the editor counts; undefined where there is no document. */
  readonly version?: number;
  /** Equal where nothing is selected: the caret. */
  readonly start: number;
  readonly end: number;
}

/** The selected text as it is; without a selection the sentence at the caret, empty text where there is none. */
export function selectionTextOf(place: TextPlace): SelectionText {
  if (place.start !== place.end) return cut(place, place.start, place.end);
  const sentence = findSentence(place.text, place.start) ?? { start: place.start, end: place.start };
  const caret = Math.min(Math.max(place.start - sentence.start, 0), sentence.end - sentence.start);
  return { ...cut(place, sentence.start, sentence.end), caret };
}

function cut(place: TextPlace, start: number, end: number): SelectionText {
  const text = place.text.slice(start, end);
  // The line of the first word: a selection may begin with line breaks.
  const first = start + Math.max(text.search(/\S/), 0);
  const line = place.text.slice(0, first).split('\n').length;
  const version = place.version === undefined ? {} : { documentVersion: place.version };
  return { text, uri: place.uri, start, label: `${place.fileName} : ${line}`, ...version };
}
