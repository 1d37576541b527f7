// What is remembered of the picture, so that it comes back after a reload: places and names, no text and no numbers.

import type { InspectionState, View } from '../../core/inspection';
import type { ModelReference } from '../inspection/inspectionEngine';

export interface SavedPicture {
  readonly model: ModelReference;
  readonly uri: string;
  /** UTF-16 offsets in the document. */
  readonly start: number;
  readonly end: number;
  readonly view: View;
}

/** The picture of a state; undefined where there is none, or its text belongs to no document. */
export function savedPictureOf({ subjects: [{ selection }], view }: InspectionState, model: ModelReference): SavedPicture | undefined {
  if (!selection?.uri || !view) return undefined;
  return { model, uri: selection.uri, start: selection.start, end: selection.start + selection.text.length, view };
}

/** Whether what was stored is a picture: another version of the extension may have written it. */
export function isSavedPicture(value: unknown): value is SavedPicture {
  if (typeof value !== 'object' || value === null) return false;
  const { model, uri, start, end, view } = value as Partial<Record<keyof SavedPicture, unknown>>;
  return (
    typeof model === 'string' &&
    typeof uri === 'string' &&
    Number.isInteger(start) &&
    Number.isInteger(end) &&
    typeof view === 'object' &&
    view !== null &&
    'site' in view &&
    'focus' in view
  );
}
