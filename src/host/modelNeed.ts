// What a loaded model wants of the user before it runs a text: values for an input that nothing shows. Such a model is in use all the same, so
// that its card can take them.

import type { ModelDescription } from '../core/modelDescription';
import { type Problem, problem } from '../core/problem';

/** The need of a model that was only loaded: its description has the sentence of the refusal, not the way out. */
export function needOf({ inputs, refusal }: ModelDescription): Problem | null {
  if (refusal === null) return null;
  const needs = inputs.flatMap(({ name, why }) => [problem('inputUnknown', { input: name, reason: why }), problem('maskBroken', { input: name })]);
  return needs.find(({ message }) => message === refusal) ?? null;
}

/** What to say at the field of an input whose value was given or taken away: the card may hide the panel's own words. Not that this input wants a value. */
export function reasonAt(input: string, { code, message, hint }: Problem): string | undefined {
  return code === 'inputUnknown' && message.includes(`"${input}"`) ? undefined : `${message} ${hint}`;
}
