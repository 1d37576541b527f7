// Finding words among the tokens of a text: in the text itself, so that a word of several tokens is found as one.

import type { Token } from '../../core/token';

/** The tokens of each place where the words stand, in order; upper and lower case are the same. `text`: what the tokens' ranges count in. */
export function findTokens(text: string, tokens: readonly Token[], sequence: 0 | 1, words: string): number[][] {
  const [wanted, haystack] = [folded(words), folded(text)];
  if (wanted.trim() === '') return [];
  const found: number[][] = [];
  for (let at = haystack.indexOf(wanted); at >= 0; at = haystack.indexOf(wanted, at + wanted.length)) {
    const own = tokens.flatMap((token, index) =>
      !token.isSpecial && (token.sequence ?? 0) === sequence && token.start < at + wanted.length && token.end > at ? [index] : [],
    );
    if (own.length > 0) found.push(own);
  }
  return found;
}

/** In lower case, letter by letter: one that would change its length stays, for ranges count in the text as it is. */
function folded(text: string): string {
  return Array.from(text, (letter) => (letter.toLowerCase().length === letter.length ? letter.toLowerCase() : letter)).join('');
}
