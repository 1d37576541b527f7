// The heads that bring most to the focus, as chips and as steps from one to the next.

import type { View } from '../../core/inspection';
import { siteName } from '../../core/names';
import type { Candidate, FirstSight, SeenRun } from '../../core/run';
import { weightText } from '../words/numbers';
import { isolated } from '../words/tokenLabel';
import { viewName } from './headWords';

/** Whether the first sight is of the focus and of the tower and kind that are looked at. */
export function isSightOf(sight: Pick<FirstSight, 'site' | 'focus'>, { site, focus }: Pick<View, 'site' | 'focus'>): boolean {
  return sight.focus === focus && sight.site.tower === site.tower && sight.site.kind === site.kind;
}

/** The candidates for what is looked at; none while they are of another focus. */
export function candidatesFor({ firstSight }: Pick<SeenRun, 'firstSight'>, view: Pick<View, 'site' | 'focus'>): readonly Candidate[] {
  return isSightOf(firstSight, view) ? firstSight.candidates : [];
}

/** Which of them is shown; −1: none. */
export function candidateShown(candidates: readonly Candidate[], { site, head }: Pick<View, 'site' | 'head'>): number {
  return candidates.findIndex((candidate) => candidate.head === head && siteName(candidate.site) === siteName(site));
}

/** The one after (or before) the one that is shown, round and round; from another head the first (or last). Undefined where there is none. */
export function candidateBeside(candidates: readonly Candidate[], view: Pick<View, 'site' | 'head'>, step: 1 | -1): number | undefined {
  const count = candidates.length;
  if (count === 0) return undefined;
  const at = candidateShown(candidates, view);
  return at < 0 ? (step === 1 ? 0 : count - 1) : (at + step + count) % count;
}

/** `L5H9 → crashed 0.843` */
export function candidateText(run: Pick<SeenRun, 'sites'>, { site, head, weight }: Candidate, keyLabel: string): string {
  return `${viewName(run, { site, head })} → ${isolated(keyLabel)} ${weightText(weight)}`;
}
