// What is on the screen: a picture with the very state and thumbnails it belongs to. While the numbers of a new run are on their way, all of the
// run before stays together, so that no badge, label or index of the one meets the map of the other. No page.

import { type InspectionState, withSubject } from '../core/inspection';
import { siteName } from '../core/names';
import { type PackQuestion, questionName } from '../core/question';
import { isSamePicture, type PictureState, weightPictureOf } from './picture';
import type { Fetched, Slices } from './slices';

export interface Shown {
  /** The host's state, or that of the run before with the host's phase and problem. */
  readonly state: InspectionState;
  readonly picture: PictureState;
  readonly thumbnails: Fetched | null;
  /** What the view's own questions were answered with, by `questionName`. */
  readonly answers: ReadonlyMap<string, Fetched>;
  /** What the host has and the screen has not yet. */
  readonly awaits: 'nothing' | 'site' | 'run';
}

/** The questions of the view that is looked at, beyond those of every view. */
export type Needs = (state: InspectionState) => readonly PackQuestion[];

export interface ShownOptions {
  readonly needs: Needs;
  /** Whether each thumbnail has a scale of its own. */
  readonly isOwnScale: boolean;
}

/** What to show for the newest state; asks for the numbers that it needs. */
export function shownFor(state: InspectionState, slices: Slices, { needs, isOwnScale }: ShownOptions, before: Shown | undefined): Shown {
  slices.startDraw();
  const { view, subjects } = state;
  const [{ run }] = subjects;
  const thumbnails =
    run && view
      ? slices.read({ runId: run.runId, of: 'thumbnails', tower: view.site.tower, kind: view.site.kind, maxSide: 32, ...(isOwnScale && { isOwnScale }) })
      : null;
  const answers = new Map(needs(state).map((question) => [questionName(question), slices.read(question)]));
  const next = weightPictureOf(state, slices);
  const newest: Shown = { state, picture: next, thumbnails, answers, awaits: 'nothing' };
  if (before?.picture.state !== 'ready') return newest;
  const { picture } = before.picture;
  const isComing = next.state === 'loading' || [...answers.values()].some((answer) => answer.state === 'loading');
  if (isComing && run?.runId !== picture.run.runId) return { ...before, state: withPhaseOf(state, before.state), awaits: 'run' };
  if (next.state === 'loading') {
    const isSameSite = view !== null && siteName(view.site) === siteName(picture.view.site);
    return { ...newest, picture: before.picture, awaits: isSameSite ? 'nothing' : 'site' };
  }
  const isKept = next.state === 'ready' && isSamePicture(next.picture, picture);
  return isKept ? { ...newest, picture: before.picture } : newest;
}

/** The state of the run before with the host's phase and problem. */
function withPhaseOf({ subjects: [{ phase, problem }] }: InspectionState, before: InspectionState): InspectionState {
  return { ...before, subjects: withSubject(before.subjects, 0, { ...before.subjects[0], phase, problem }) };
}
