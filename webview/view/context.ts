// What every view function is given. Views read it and return templates; they keep nothing.

import { html, type TemplateResult } from 'lit';
import type { InspectionState } from '../../src/core/inspection';
import type { Subject } from '../../src/core/subject';
import { largestContent } from '../../src/present/map/barsModel';
import { isMaskedCell } from '../../src/present/map/matrixModel';
import type { Phrase } from '../../src/present/words/words';
import type { Cell } from '../../src/reading/cell';
import { cursorScope, type Picture, type PictureState, rowOf } from '../../src/reading/picture';
import type { Fetched } from '../../src/reading/slices';
import type { Actions } from '../actions';
import type { UiState } from '../store';
import type { Theme } from '../theme';

export interface PanelContext {
  readonly state: InspectionState;
  /** The subject of the picture. */
  readonly subject: Subject;
  /** The newest picture whose numbers are there. */
  readonly picture: PictureState;
  /** The overview's thumbnails of the view's tower and kind. */
  readonly thumbnails: Fetched | null;
  readonly ui: UiState;
  readonly theme: Theme;
  readonly actions: Actions;
}

/** The cell that the arrow keys move: where the user left it, else the focus row's largest weight on a word. */
export function cursorOf(picture: Picture, ui: UiState): Cell {
  if (ui.cursor?.heldFor === cursorScope(picture)) return { query: ui.cursor.query, key: ui.cursor.key };
  const query = Math.min(picture.view.focus, picture.queries.length - 1);
  return { query, key: largestContent(rowOf(picture, query), picture.keys, (key) => isMaskedCell(picture, query, key))?.key ?? 0 };
}

/** Phrases as text, strong ones in <b>. */
export function phrases(list: readonly Phrase[]): TemplateResult[] {
  return list.map((phrase) => (phrase.isStrong ? html`<b>${phrase.text}</b>` : html`${phrase.text}`));
}

/** A codicon; decorative, never the only bearer of a meaning. */
export function icon(name: string): TemplateResult {
  return html`<span class="codicon codicon-${name}" aria-hidden="true"></span>`;
}
