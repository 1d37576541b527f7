// Whether a model knows the words of a text: those that become its token for everything unknown all look alike to it.

import type { RunNote, Token } from '../../core/token';
import { wordsOf } from './textWords';

/** A text, and the tokens that it became. `sequence` 1: it is the pair. */
export interface TextTokens {
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly sequence?: 0 | 1;
}

/** Words most of whose characters stand in unknown tokens, of how many. */
export function unknownWords({ text, tokens, sequence = 0 }: TextTokens, unknownId: number): { readonly unknown: number; readonly all: number } {
  const words = wordsOf(text, tokens, sequence);
  const unknown = words.filter(({ start, end, tokens: own }) => {
    const parts = own.map((index) => tokens[index] as Token).filter((token) => token.id === unknownId);
    const covered = parts.reduce((sum, token) => sum + Math.min(end, token.end) - Math.max(start, token.start), 0);
    return 2 * covered > end - start;
  });
  return { unknown: unknown.length, all: words.length };
}

/** `10 of 10 words are unknown to this model`; undefined where it knows most of them. */
export function unknownWordsNote(texts: readonly TextTokens[], unknownId: number | undefined): RunNote | undefined {
  if (unknownId === undefined) return undefined;
  const counts = texts.map((text) => unknownWords(text, unknownId));
  const [unknown, all] = [counts.reduce((sum, one) => sum + one.unknown, 0), counts.reduce((sum, one) => sum + one.all, 0)];
  if (unknown === 0 || 2 * unknown < all) return undefined;
  return { text: `${unknown} of ${all} ${all === 1 ? 'word' : 'words'} ${unknown === 1 ? 'is' : 'are'} unknown to this model`, isWarning: true };
}
