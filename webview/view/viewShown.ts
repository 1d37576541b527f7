// Which of the views is looked at, and what it asks.

import type { InspectionState } from '../../src/core/inspection';
import type { Needs } from '../../src/reading/shown';
import type { ViewKind, ViewList } from './context';

/** The view that the state names, or the first where there is no such view. */
export function viewShown(list: ViewList, { view }: InspectionState): ViewKind {
  return list.find(({ id }) => id === view?.tab) ?? list[0];
}

/** The next view that can be had, or the one before, round the list; undefined where there is no other. */
export function viewBeside(list: ViewList, state: InspectionState, step: 1 | -1): ViewKind | undefined {
  const shown = viewShown(list, state);
  const open = list.filter((view) => view === shown || view.refusal(state) === undefined);
  const next = open[(open.indexOf(shown) + step + open.length) % open.length];
  return next === shown ? undefined : next;
}

/** The questions of the view shown; none where it says why it cannot be had. */
export function needsOf(list: ViewList): Needs {
  return (state) => {
    const shown = viewShown(list, state);
    return shown.refusal(state) === undefined ? shown.needs(state) : [];
  };
}
