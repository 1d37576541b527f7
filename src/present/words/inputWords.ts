// A model's inputs in words: what each is for, what it is fed, and on what that rests. For describe, the model card, the badge and the toolbar.

import type { InputDescription, ModelDescription } from '../../core/modelDescription';
import type { Problem, ProblemCode } from '../../core/problem';
import type { GivenTexts } from '../../core/subject';

const roleWords: Readonly<Record<string, string>> = {
  tokenIds: 'token ids',
  decoderTokenIds: "the decoder's token ids",
  attentionMask: 'attention mask',
  encoderAttentionMask: "mask of the encoder's tokens",
  textLength: 'number of tokens',
  pairMask: 'mask of queries by keys',
  decoderAttentionMask: "mask of the decoder's tokens",
  tokenTypeIds: 'token types',
  taskTypeIds: 'task types',
  positionIds: 'positions',
  cachePosition: 'positions in the cache',
  pastKeyValue: 'earlier keys and values',
  useCacheBranch: 'switch for earlier keys and values',
  logitsToKeep: 'predictions to keep',
  encoderStates: "the encoder's states",
  recurrentState: 'state of the recurrent layer',
  unused: 'unused',
  unknown: 'unknown',
};

const evidenceWords: Readonly<Record<NonNullable<InputDescription['evidence']>, string>> = {
  graph: 'the graph',
  tried: 'runs on a short text',
  configured: 'the configuration',
  given: 'you',
  assumed: 'nothing',
};

/** One input, or several that differ in a number only. */
export interface InputWords {
  /** The input's own name; of several the first one's. */
  readonly input: string;
  /** `past_key_values.….key (4)` for four of them. */
  readonly name: string;
  readonly role: string;
  /** What it is fed. */
  readonly fed: string;
  /** On what that rests, in a word or two. */
  readonly restsOn: string;
  readonly why: string;
  /** Whether the user can give it a value: nothing shows what it takes, or the user did, or the model is refused for it. */
  readonly isOpen: boolean;
  /** Whether no text runs before it has a value. */
  readonly isWanted: boolean;
}

const mendable: readonly ProblemCode[] = ['inputUnknown', 'maskBroken', 'inputMisfit'];

/** Whether a value for an input, given by the user, is the way out. */
export function wantsValue({ code }: Problem): boolean {
  return mendable.includes(code);
}

const alike = (name: string) => name.replace(/\d+/g, '…');
const fedText = ({ value, evidence }: InputDescription) => `${value ?? 'not known what to feed'}${evidence === 'assumed' ? ' (assumed)' : ''}`;

/** One row per input; those that differ in a number only share one, unless each can be given a value. */
export function inputWords({ inputs, refusal }: Pick<ModelDescription, 'inputs' | 'refusal'>): InputWords[] {
  const isWanted = ({ name, value }: InputDescription) => refusal !== null && (value === null || refusal.message.includes(`"${name}"`));
  const isAnyWanted = inputs.some(isWanted);
  // As long as one input stands in the way of every run, nothing was tried: what is assumed of the others may yet be shown.
  const isOpen = (input: InputDescription) =>
    isWanted(input) || input.evidence === null || input.evidence === 'given' || (input.evidence === 'assumed' && !isAnyWanted);
  const groupOf = (input: InputDescription) => (isOpen(input) ? input.name : `${alike(input.name)} ${input.role}`);
  const groups = inputs.map(groupOf);
  const firsts = inputs.filter((_, i) => groups.indexOf(groups[i] ?? '') === i);
  return firsts.map((input) => {
    const count = groups.filter((group) => group === groupOf(input)).length;
    return {
      input: input.name,
      name: count > 1 ? `${alike(input.name)} (${count})` : input.name,
      role: roleWords[input.role] ?? input.role,
      fed: fedText(input),
      restsOn: input.evidence === null ? 'nothing' : evidenceWords[input.evidence],
      why: input.why,
      isOpen: isOpen(input),
      isWanted: isWanted(input),
    };
  });
}

/** `attention_mask: attention mask; 1 = read, 0 = padding (tried); joins the scores` */
export function inputFacts(model: Pick<ModelDescription, 'inputs' | 'refusal'>): string[] {
  return inputWords(model).map(({ name, role, fed, why }) => `${name}: ${role}; ${fed}; ${why}`);
}

/** `attention_mask: 1 = read, 0 = padding (tried)`: what each input of a run was fed. */
export function fedLines(inputs: readonly InputDescription[]): string[] {
  return inputWords({ inputs, refusal: null }).map(({ name, fed }) => `${name}: ${fed}`);
}

const longestValue = 24;

/** `langs = 0 as you gave it`, `langs as you gave it` where the value is long; undefined where the run took nothing from the user. */
export function givenText(inputs: readonly InputDescription[], given: GivenTexts): string | undefined {
  const own = inputs.filter(({ evidence }) => evidence === 'given');
  const names = own.map(({ name }) => {
    const value = given[name] ?? '';
    return value === '' || value.length > longestValue ? name : `${name} = ${value}`;
  });
  return names.length > 0 ? `${names.join(', ')} as you gave ${names.length > 1 ? 'them' : 'it'}` : undefined;
}
