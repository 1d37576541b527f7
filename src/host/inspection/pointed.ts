// Which token is pointed at, as far as there is such a token. Pure.

import type { Pointed, Subjects } from '../../core/inspection';

/** The token, where its subject's run has it; null otherwise, and where that subject's run is another one than `before`. */
export function pointedIn(subjects: Subjects, pointed: Pointed | null, before = subjects): Pointed | null {
  if (!pointed) return null;
  const { subject, list, token } = pointed;
  const run = subjects[subject]?.run;
  const isSame = run?.runId === before[subject]?.run?.runId;
  const count = run?.tokens[list]?.length ?? 0;
  return isSame && Number.isInteger(token) && token >= 0 && token < count ? pointed : null;
}
