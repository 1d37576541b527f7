// What a loaded model wants of the user before it runs a text: values for an input that nothing shows. Such a model is in use all the same, so
// that its card can take them.

import type { ModelDescription } from '../../core/modelDescription';
import type { Problem } from '../../core/problem';

const needs: ReadonlySet<Problem['code']> = new Set(['inputUnknown', 'maskBroken'] as const);

/** The need of a model that was only loaded: a value for one of its inputs. */
export function needOf({ refusal }: ModelDescription): Problem | null {
  return refusal && needs.has(refusal.code) ? refusal : null;
}

/** What to say at the field of an input whose value was given or taken away: the card may hide the panel's own words. Not that this input wants a value. */
export function reasonAt(input: string, { code, message, hint }: Problem): string | undefined {
  return code === 'inputUnknown' && message.includes(`"${input}"`) ? undefined : `${message} ${hint}`;
}
