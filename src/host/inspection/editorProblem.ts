// A problem as the editor tells it: with the way out that there is in the editor. Words nothing itself.

import type { Outcome, Problem } from '../../core/problem';

/** The problem with its hint for the editor, where it has one of its own. */
export function inEditor({ editorHint, ...problem }: Problem): Problem {
  return { ...problem, hint: editorHint ?? problem.hint };
}

/** The outcome with its problem, if any, as the editor tells it. */
export function outcomeInEditor<T>(outcome: Outcome<T>): Outcome<T> {
  return outcome.ok ? outcome : { ok: false, problem: inEditor(outcome.problem) };
}
