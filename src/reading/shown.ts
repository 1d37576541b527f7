// What is on the screen: a picture with the very state and thumbnails it belongs to. While the numbers of a new run are on their way, all of the
// run before stays together, so that no badge, label or index of the one meets the map of the other. No page.

import type { InspectionState } from '../core/inspection';
import { siteName } from '../core/names';
import { isSamePicture, type PictureState, pictureOf } from './picture';
import type { Fetched, Slices } from './slices';

export interface Shown {
  /** The host's state, or that of the run before with the host's phase and problem. */
  readonly state: InspectionState;
  readonly picture: PictureState;
  readonly thumbnails: Fetched | null;
  /** What the host has and the screen has not yet. */
  readonly awaits: 'nothing' | 'site' | 'run';
}

/** What to show for the newest state; asks for the slices that it needs. */
export function shownFor(state: InspectionState, slices: Slices, before: Shown | undefined): Shown {
  slices.startDraw();
  const { view } = state;
  const [subject] = state.subjects;
  const { run } = subject;
  const thumbnails = run && view ? slices.read({ runId: run.runId, of: 'thumbnails', tower: view.site.tower, kind: view.site.kind, maxSide: 32 }) : null;
  const next = pictureOf(state, slices);
  const picture = before?.picture;
  if (!before || picture?.state !== 'ready') return { state, picture: next, thumbnails, awaits: 'nothing' };
  const { run: shownRun, view: shownView } = picture.picture;
  if (next.state === 'loading' && run?.runId !== shownRun.runId)
    return {
      ...before,
      state: { ...before.state, subjects: [{ ...before.state.subjects[0], phase: subject.phase, problem: subject.problem }] },
      awaits: 'run',
    };
  if (next.state === 'loading') {
    const isSameSite = view !== null && siteName(view.site) === siteName(shownView.site);
    return { state, picture, thumbnails, awaits: isSameSite ? 'nothing' : 'site' };
  }
  const isKept = next.state === 'ready' && isSamePicture(next.picture, picture.picture);
  return { state, picture: isKept ? picture : next, thumbnails, awaits: 'nothing' };
}
