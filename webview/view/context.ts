// What every view function is given, and what a view of a head is made of. Views read it and return templates; they keep nothing.

import { html, type TemplateResult } from 'lit';
import type { InspectionState } from '../../src/core/inspection';
import type { PackQuestion } from '../../src/core/question';
import type { Subject } from '../../src/core/subject';
import type { FrameLayout } from '../../src/present/frame/frameLayout';
import type { GroupId } from '../../src/present/frame/viewGroups';
import { largestContent } from '../../src/present/map/barsModel';
import { isMaskedCell } from '../../src/present/map/matrixModel';
import type { Phrase } from '../../src/present/words/panelWords';
import type { Cell } from '../../src/reading/cell';
import { cursorScope, focusQuery, rowOf, type WeightPicture } from '../../src/reading/picture';
import type { Shown } from '../../src/reading/shown';
import type { Actions } from '../actions';
import type { UiState } from '../store';
import type { Theme } from '../theme';

export interface PanelContext extends Shown {
  /** The subject of the picture. */
  readonly subject: Subject;
  readonly views: ViewList;
  readonly ui: UiState;
  readonly frame: FrameLayout;
  readonly theme: Theme;
  readonly actions: Actions;
}

/** A key, and what it does in a word or two. */
export interface KeyHint {
  readonly keys: readonly string[];
  readonly does: string;
}

/** The panel knows a view by this alone. */
export interface ViewKind<M = unknown> {
  /** What the host remembers of it. */
  readonly id: string;
  /** What its tab says. */
  readonly label: string;
  readonly group: GroupId;
  /** The keys that work in it, at most five. */
  readonly keys: readonly KeyHint[];
  /** What the line at the bottom says: what is under the pointer or the cursor. */
  readonly readout: (context: PanelContext, model: M) => { readonly head: string; readonly body: string } | undefined;
  /** Why it cannot be had of this model, run or head, as a sentence; undefined where it can. */
  readonly refusal: (state: InspectionState) => string | undefined;
  /** What it reads beyond the weights of the head; asked only while it is looked at. */
  readonly needs: (state: InspectionState) => readonly PackQuestion[];
  /** What is drawn, from what is there. Pure. */
  readonly model: (shown: Shown) => M;
  readonly draw: (context: PanelContext, model: M) => TemplateResult;
}

/** In the order of their tabs. */
export type ViewList = readonly [ViewKind, ...ViewKind[]];

/** A view as an entry of the list, which does not know of what its model is. */
export function viewKind<M>(kind: ViewKind<M>): ViewKind {
  return kind as ViewKind;
}

/** The cell that the arrow keys move: where the user left it, else the focus row's largest weight on a word. */
export function cursorOf(picture: WeightPicture, ui: UiState): Cell {
  if (ui.cursor?.heldFor === cursorScope(picture)) return { query: ui.cursor.query, key: ui.cursor.key };
  const query = focusQuery(picture);
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
