// What a loaded model wants of the user before it runs a text: values for an input that nothing shows. Such a model is in use all the same, so
// that its card can take them.

import type { ModelDescription } from '../core/modelDescription';
import { type Problem, problem } from '../core/problem';
import { wantsValue } from '../present/inputWords';

/** The need of a model that was only loaded: its description has the sentence of the refusal, not the way out. */
export function needOf({ inputs, refusal }: ModelDescription): Problem | null {
  if (refusal === null) return null;
  const needs = inputs.flatMap(({ name, why }) => [problem('inputUnknown', { input: name, reason: why }), problem('maskBroken', { input: name })]);
  return needs.find(({ message }) => message === refusal) ?? null;
}

/** The sentence to say at the field of an input; undefined where the failure is of something else, or only says again that a value is wanted. */
export function reasonAt(input: string, failure: Problem): string | undefined {
  const isOwn = wantsValue(failure) && failure.code !== 'inputUnknown' && failure.message.includes(`"${input}"`);
  return isOwn ? `${failure.message} ${failure.hint}` : undefined;
}
