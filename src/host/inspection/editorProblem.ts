// A problem as the editor tells it: with the way out that there is in the editor. Words nothing itself.

import type { Outcome, Problem, ProblemCode } from '../../core/problem';

/** Of no model: what there is to inspect is wanting, or the user said Stop. */
const ofNoModel: readonly ProblemCode[] = ['textEmpty', 'textTooLarge', 'noEditor', 'workerStopped'];

/** The problem with its hint for the editor, where it has one of its own, and with the name of the model that it is of. */
export function inEditor({ editorHint, ...problem }: Problem, modelLabel = ''): Problem {
  const isNamed = modelLabel === '' || ofNoModel.includes(problem.code) || names(problem.message, modelLabel);
  return { ...problem, message: isNamed ? problem.message : `${modelLabel}: ${problem.message}`, hint: editorHint ?? problem.hint };
}

/** The outcome with its problem, if any, as the editor tells it. */
export function outcomeInEditor<T>(outcome: Outcome<T>): Outcome<T> {
  return outcome.ok ? outcome : { ok: false, problem: inEditor(outcome.problem) };
}

/** Whether a message holds the name as a word, or as the end of a path. */
function names(message: string, label: string): boolean {
  const words = message.split(/[\s"'`:;,()]+|\.(?=\s|$)/);
  return words.some((word) => word === label || word.endsWith(`/${label}`) || word.endsWith(`\\${label}`));
}
