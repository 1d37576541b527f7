// A tokenizer whose texts are put between tokens that its tokenizer.json does not add: each text begins with one and ends with the other.
// What the tokenizer puts there itself is not put there twice.

import type { Token } from '../core/token';
import type { Tokenizer } from './createTokenizer';

/** A token that is put before or behind a text. */
export interface End {
  readonly id: number;
  readonly text: string;
}

export interface Ends {
  readonly bos?: End;
  readonly eos?: End;
}

/** Of the text (0) and of its pair (1). */
type TypeId = 0 | 1;

const put = (end: End | undefined, typeId: TypeId): Token[] =>
  end ? [{ id: end.id, text: end.text, start: 0, end: 0, isSpecial: true, sequence: null, typeId }] : [];

const isThere = (token: Token | undefined, end: End | undefined) => token?.isSpecial === true && token.id === end?.id;

/** Which of the ends `tokens` lacks: those that the tokenizer has set itself stay as they are. */
export function missingEnds(tokens: readonly Token[], { bos, eos }: Ends): Ends {
  return { ...(bos && !isThere(tokens[0], bos) && { bos }), ...(eos && !isThere(tokens.at(-1), eos) && { eos }) };
}

/** `A B` → `bos A eos bos B eos`, with the type of the text that each belongs to: the template of transformers' Llama tokenizers. */
function between(tokens: readonly Token[], ends: Ends): Token[] {
  const { bos, eos } = missingEnds(tokens, ends);
  const second = tokens.findIndex((token) => token.sequence === 1);
  if (second < 0) return [...put(bos, 0), ...tokens, ...put(eos, 0)];
  return [...put(bos, 0), ...tokens.slice(0, second), ...put(eos, 0), ...put(bos, 1), ...tokens.slice(second), ...put(eos, 1)];
}

export function withEnds(tokenizer: Tokenizer, ends: Ends): Tokenizer {
  return { ...tokenizer, encode: (text, pair) => ({ tokens: between(tokenizer.encode(text, pair).tokens, ends) }) };
}
