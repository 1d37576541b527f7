// The focus of first sight: the word that is looked at first, and its tokens.

import type { Token } from '../../core/token';
import { focusWord, wordsOf } from '../text/textWords';

export interface Focus {
  readonly text: string;
  readonly tokens: readonly number[];
  /** The word that was meant, where this one stands for it. */
  readonly movedFrom?: string;
}

/** The focus word among the query tokens; without any word the first token of the text, else the first token. */
export function focusOf(text: string, tokens: readonly Token[], wish: Parameters<typeof focusWord>[1]): Focus {
  const choice = focusWord(wordsOf(text, tokens), wish);
  if (choice) return { text: choice.word.text, tokens: choice.word.tokens, ...(choice.movedFrom && { movedFrom: choice.movedFrom.text }) };
  const index = Math.max(
    0,
    tokens.findIndex((token) => !token.isSpecial),
  );
  return { text: tokens[index]?.text ?? '', tokens: [index] };
}

/** That token as the focus, with the other tokens of its word that stand before it: they are of the word, not other words. */
export function focusAt(texts: readonly string[], tokens: readonly Token[], index: number): Focus {
  const token = tokens[index];
  const sequence = token?.sequence ?? 0;
  const word = wordsOf(texts[sequence] ?? '', tokens, sequence).find((one) => one.tokens.includes(index));
  if (!word) return { text: token?.text ?? '', tokens: [index] };
  return { text: word.text, tokens: [...word.tokens.filter((one) => one !== index), index] };
}
