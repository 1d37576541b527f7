// Check 8: every input was filled as its role demands. The other identities compare the model with itself and hold for any feed, so what
// stands behind each role is said here: the graph, runs on a short text, the configuration, or nothing.

import type { Check } from '../../core/check';
import type { InputDescription } from '../../core/modelDescription';
import type { GraphFacts } from '../../onnx/facts/graphFacts';
import type { GraphInput } from '../../onnx/facts/inputs';
import type { GivenInputs } from '../../protocol/givenInputs';

const words = (input: GraphInput, given: GivenInputs): InputDescription => {
  const isGiven = Object.hasOwn(given, input.name);
  const { value, evidence } = input.fill ?? {};
  return {
    name: input.name,
    role: input.role,
    why: input.why,
    value: isGiven ? 'as you gave it' : (value ?? null),
    evidence: isGiven ? 'given' : (evidence ?? null),
  };
};

const unreadWords = (name: string): InputDescription => ({ name, role: 'unused', why: 'nothing in what is run reads it', value: '0', evidence: 'graph' });

/** One line per input of all files; a name that several files have comes once. */
export function inputDescriptions(facts: readonly GraphFacts[], given: GivenInputs = {}): InputDescription[] {
  const all = facts.flatMap(({ inputs, unread }) => [...inputs.map((input) => words(input, given)), ...unread.map(unreadWords)]);
  return all.filter((one, i) => all.findIndex((other) => JSON.stringify(other) === JSON.stringify(one)) === i);
}

/** Holds where the graph, a run or the configuration shows what every input is; else not run, with what nothing shows. */
export function inputsCheck(inputs: readonly InputDescription[], whyUntried: string | undefined): Check {
  const named = (evidence: InputDescription['evidence']) => inputs.filter((input) => input.evidence === evidence).map((input) => input.name);
  const [given, assumed] = [named('given'), named('assumed')];
  const reasons = [
    ...(whyUntried === undefined ? [] : [whyUntried]),
    ...(given.length > 0 ? [`${given.join(', ')} as you gave it`] : []),
    ...(assumed.length > 0 && whyUntried === undefined ? [`nothing shows that ${assumed.join(', ')} was filled as the model was trained`] : []),
  ];
  const state = reasons.length === 0 ? 'holds' : 'not run';
  const [reason] = state === 'holds' ? ['tried with a short text when the model was loaded'] : [reasons.join('; ')];
  return { identity: 'inputs', site: null, state, ...(reason && { reason }), absolute: 0, relative: 0, tolerance: 0 };
}
