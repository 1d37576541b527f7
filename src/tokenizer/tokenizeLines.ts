// What the command line's `tokenize` writes: texts, or texts with pairs, → plain rows. It reads and writes no file.

import type { Tokenizer } from './createTokenizer';

export interface TokenizedLine {
  readonly ids: readonly number[];
  readonly tokens: readonly string[];
  /** UTF-16 code units of the text that the token came from; an empty range for tokens the tokenizer added. */
  readonly offsets: readonly (readonly [number, number])[];
  /** 1 for tokens that the tokenizer added. */
  readonly special: readonly (0 | 1)[];
}

/** One row per line, in order. Throws the ProblemErrors of `encode`. */
export function tokenizeLines(tokenizer: Tokenizer, lines: readonly (string | readonly [string, string])[]): TokenizedLine[] {
  return lines.map((line) => {
    const { tokens } = typeof line === 'string' ? tokenizer.encode(line) : tokenizer.encode(line[0], line[1]);
    return {
      ids: tokens.map((token) => token.id),
      tokens: tokens.map((token) => token.text),
      offsets: tokens.map((token) => [token.start, token.end] as const),
      special: tokens.map((token) => (token.isSpecial ? 1 : 0)),
    };
  });
}
