// The short texts of a trial: token ids without a meaning, each of them known to the model and none of them padding.

import type { Token } from '../../core/token';
import type { GraphInput, InputRole } from '../../onnx/facts/inputs';
import { fixedLength } from '../session/feeds';

const usualLength = 6;

export interface SampleOptions {
  readonly padId: number;
  /** Ids that the model knows; undefined: not known. */
  readonly vocabularySize?: number;
  /** Ids that mean something else than a word: models mask, drop or close a text at them. */
  readonly special?: ReadonlySet<number>;
}

const tokenOf = (id: number): Token => ({ id, text: '', start: 0, end: 0, isSpecial: false, sequence: 0, typeId: 0 });

/** Special tokens stand in front of most vocabularies, also where no file says which they are. */
const firstId = 5;
const mostTried = 100_000;

/** `count` different ids of words, as far as the vocabulary has so many; then they come again. */
export function sampleIds(count: number, { padId, vocabularySize = Number.POSITIVE_INFINITY, special }: SampleOptions): number[] {
  const ids: number[] = [];
  const tried = Math.min(vocabularySize, mostTried);
  for (let i = 0; i < tried && ids.length < count; i++) {
    const id = (firstId + i) % vocabularySize;
    if (id !== padId && !special?.has(id)) ids.push(id);
  }
  const known = ids.length > 0 ? ids : [0];
  return Array.from({ length: count }, (_, i) => known[i % known.length] as number);
}

export const sampleTokens = (count: number, options: SampleOptions): Token[] => sampleIds(count, options).map(tokenOf);

/** One token again and again. */
export const sameTokens = (count: number, options: SampleOptions): Token[] => sampleIds(count, options).map((_, __, [id]) => tokenOf(id as number));

/** The tokens with another one in the place of token `at`. */
export function changedTokens(tokens: readonly Token[], at: number, options: SampleOptions): Token[] {
  const other = sampleIds(usualLength + 2, options).at(-1);
  return tokens.map((token, i) => (i === at ? tokenOf(other === token.id ? (tokens[0] as Token).id : (other as number)) : token));
}

/** Roles of inputs that say which tokens are text. */
export const maskRoles: readonly InputRole[] = ['attentionMask', 'encoderAttentionMask', 'decoderAttentionMask'];

/** How many tokens a trial has: few, but all of a text of fixed length whose padding would be read. */
export function sampleLength(inputs: readonly GraphInput[]): number {
  const fixed = fixedLength(inputs, 'tokenIds') ?? fixedLength(inputs, 'decoderTokenIds');
  const isMasked = inputs.some((input) => maskRoles.includes(input.role));
  return fixed === undefined ? usualLength : isMasked ? Math.min(fixed, usualLength) : fixed;
}
