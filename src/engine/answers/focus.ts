// The focus of first sight: the word that is looked at first, and its tokens.

import type { Token } from '../../core/token';
import { focusWord, type Word, wordsOf } from '../text/textWords';

export interface Focus {
  readonly text: string;
  readonly tokens: readonly number[];
}

/** The focus word among the query tokens; without any word the first token of the text, else the first token. */
export function focusOf(text: string, tokens: readonly Token[], wish: Parameters<typeof focusWord>[1]): Focus {
  const word: Word | undefined = focusWord(wordsOf(text, tokens), wish);
  if (word) return word;
  const index = Math.max(
    0,
    tokens.findIndex((token) => !token.isSpecial),
  );
  return { text: tokens[index]?.text ?? '', tokens: [index] };
}
