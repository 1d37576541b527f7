// What the command line's `tokenize` writes: texts, or texts with pairs, → plain rows. It reads and writes no file.

import type { TokenizedLine } from '../core/token';
import type { Tokenizer } from './createTokenizer';

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
