// Which tokens are one word with another: pieces that meet within a run of letters and digits of the text.

import type { Token } from '../../core/token';

/** The tokens of the word that the token is part of, in order; the token alone where it is no part of one. `text`: what its range counts in. */
export function wordOfToken(text: string, tokens: readonly Token[], index: number): number[] {
  const isPart = (at: number) => {
    const token = tokens[at];
    return token !== undefined && !token.isSpecial && token.sequence === tokens[index]?.sequence && token.end > token.start;
  };
  if (!isPart(index)) return [index];
  const joins = (left: number, right: number) => isPart(left) && isPart(right) && isInside(text, tokens[left]?.end ?? 0, tokens[right]?.start ?? 0);
  let [first, last] = [index, index];
  while (joins(first - 1, first)) first--;
  while (joins(last, last + 1)) last++;
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** Stands before a piece that goes on with a word, where its own spelling does not say so (`##s`). */
const joint = '‿';

/** The label of a token with the joint where it goes on with the word of the token before: seen from the text, whatever marks a vocabulary has. */
export function joinedLabel(label: string, text: string, tokens: readonly Token[], index: number): string {
  const goesOn = wordOfToken(text, tokens, index).includes(index - 1);
  return goesOn && !label.startsWith('##') ? `${joint}${label}` : label;
}

/** Whether the one ends where the other begins (or later, as pieces of one character may overlap), between two letters or digits. */
function isInside(text: string, end: number, start: number): boolean {
  return start <= end && /[\p{L}\p{N}\p{M}]$/u.test(text.slice(Math.max(0, end - 2), end)) && /^[\p{L}\p{N}\p{M}]/u.test(text.slice(start, start + 2));
}
