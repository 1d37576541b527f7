// Words of a text and the tokens that belong to each: the unit in which people point at a text.
// A word is a run of letters, digits and marks; ranges count UTF-16 code units.

import type { Token } from '../../core/token';

export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Indices of the tokens of the text that overlap it, in order; never empty. */
  readonly tokens: readonly number[];
}

/** The words that have at least one token. `sequence` 0 is the text, 1 its pair. */
export function wordsOf(text: string, tokens: readonly Token[], sequence: 0 | 1 = 0): Word[] {
  const words: Word[] = [];
  for (const match of text.matchAll(/[\p{L}\p{N}\p{M}]+(?:['’_-][\p{L}\p{N}\p{M}]+)*/gu)) {
    const [start, end] = [match.index, match.index + match[0].length];
    const own = tokens.flatMap((token, index) => (token.sequence === sequence && !token.isSpecial && token.start < end && token.end > start ? [index] : []));
    if (own.length > 0) words.push({ text: match[0], start, end, tokens: own });
  }
  return words;
}

/**
 * Indices of the tokens that count as words, those that hold a letter or a digit: a comma is read too, but is no word. Where there
 * is none, all that are not special. `texts`: the text and its pair.
 */
export function contentTokens(tokens: readonly Token[], texts: readonly string[]): number[] {
  const own = tokens.flatMap((token, index) => (token.isSpecial ? [] : [index]));
  const words = own.filter((index) => {
    const { sequence, start, end } = tokens[index] as Token;
    return /[\p{L}\p{N}]/u.test((texts[sequence ?? 0] ?? '').slice(start, end));
  });
  return words.length > 0 ? words : own;
}

export interface FocusWish {
  /** Offset in the text where the user's caret stands. */
  readonly caret?: number;
  /** The text inspected before. */
  readonly previousText?: string;
  /** True where a word reads only what stands before it: the first one could read no other word. */
  readonly isCausal?: boolean;
}

const folded = (word: string) => word.toLocaleLowerCase();

/** The word that is looked at first, and the one that was meant where that is another. */
export interface FocusChoice {
  readonly word: Word;
  readonly movedFrom?: Word;
}

/**
 * The focus word. The one at the caret; else the longest of four letters or more that the text before has too ("the" says nothing of two texts); else
 * the last of the longest that occurs again; else the longest, for long words are the rare ones; else the first. A causal model's first word reads no
 * other: a later one stands for it, by the same rule. Undefined when the text has no word.
 */
export function focusWord(words: readonly Word[], wish: FocusWish): FocusChoice | undefined {
  const word = wordAt(words, wish.caret) ?? tellingWord(words, wish.previousText);
  if (!word || !wish.isCausal || word !== words[0]) return word && { word };
  const later = tellingWord(words.slice(1), wish.previousText);
  return later ? { word: later, movedFrom: word } : { word };
}

function wordAt(words: readonly Word[], caret: number | undefined): Word | undefined {
  return caret === undefined ? undefined : (words.find((word) => word.start <= caret && caret < word.end) ?? words.find((word) => word.end === caret));
}

function tellingWord(words: readonly Word[], previousText = ''): Word | undefined {
  const before = new Set(previousText.match(/[\p{L}\p{N}\p{M}]+(?:['’_-][\p{L}\p{N}\p{M}]+)*/gu)?.map(folded));
  const long = words.filter((word) => [...word.text.matchAll(/\p{L}/gu)].length >= 4);
  const shared = longest(long.filter((word) => before.has(folded(word.text))));
  const again = longest(long.filter((word) => long.some((other) => other !== word && folded(other.text) === folded(word.text))));
  const last = again && long.findLast((word) => folded(word.text) === folded(again.text));
  return shared ?? last ?? longest(long) ?? words[0];
}

/** The first of the longest. */
function longest(words: readonly Word[]): Word | undefined {
  return words.reduce<Word | undefined>((best, word) => (best && best.text.length >= word.text.length ? best : word), undefined);
}
