// Checks that come after the picture, where they do not come: they are said not to have run, and nobody waits for them.

import { badgeOf } from '../../core/check';
import { type Outcome, type Problem, problem } from '../../core/problem';
import type { RunChecks } from '../../core/run';

/** The engine ended meanwhile, or nothing shows the run any more. */
export const whyUnfinished = (): Outcome<never> => ({ ok: false, problem: problem('workerStopped') });

/** The checks as they are, those to come with the reason why they do not. */
export function withoutComing({ checks, badge, sites }: RunChecks, { message }: Problem): RunChecks {
  const left = checks.map(({ isComing, ...check }) => (isComing ? { ...check, reason: message } : check));
  const said = badgeOf(checks).notes;
  const now = badgeOf(left);
  return { sites, checks: left, badge: { ...now, notes: [...now.notes, ...badge.notes.filter((note) => !said.includes(note))] } };
}
