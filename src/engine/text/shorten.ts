// Of a text with more tokens than a model takes, the part that it runs on: the first one, or the one around a place in the text. Each part is
// encoded anew, so that the special tokens around it stay right.

import { refuse } from '../../core/problem';
import type { RunSummary } from '../../core/run';
import type { Token } from '../../core/token';
import type { Tokenizer } from '../../tokenizer/createTokenizer';

export interface Fitted {
  readonly tokens: readonly Token[];
  readonly truncated: RunSummary['truncated'];
}

const endOf = (tokens: readonly Token[], sequence: 0 | 1, count: number) => {
  const own = tokens.filter((token) => token.sequence === sequence && !token.isSpecial);
  return { count: own.length, end: own[Math.min(count, own.length) - 1]?.end ?? 0 };
};

/** How many tokens of text and pair to keep when `over` must go: the longer one gives first. */
function keptCounts(text: number, pair: number, over: number): readonly [number, number] {
  const counts: [number, number] = [text, pair];
  for (let i = 0; i < over; i++) counts[counts[0] >= counts[1] ? 0 : 1]--;
  return counts;
}

/** The first part of the text, and of its pair. Problem: textTooLong, where there is no room for any of it. */
export function firstPart(tokenizer: Tokenizer, text: string, pair: string | undefined, limit: number): Fitted {
  const full = tokenizer.encode(text, pair).tokens;
  let tokens = full;
  let [keptText, keptPair] = [text, pair];
  let over = tokens.length - limit;
  for (let extra = 0; over > 0; over = tokens.length - limit, extra += over) {
    const texts = endOf(full, 0, Number.POSITIVE_INFINITY);
    const pairs = endOf(full, 1, Number.POSITIVE_INFINITY);
    const [textCount, pairCount] = keptCounts(texts.count, pairs.count, full.length - limit + extra);
    if (textCount < 1) refuse('textTooLong', { count: full.length, limit });
    keptText = text.slice(0, endOf(full, 0, textCount).end);
    keptPair = pair === undefined ? undefined : pair.slice(0, pairCount < 1 ? 0 : endOf(full, 1, pairCount).end);
    tokens = tokenizer.encode(keptText, keptPair).tokens;
  }
  const truncated = tokens === full ? null : { usedTokens: tokens.length, allTokens: full.length, usedCharacters: keptText.length };
  return { tokens, truncated };
}

/** Of `count` tokens in a row with the one at `around` in their middle, the first; a word is not begun in its middle where that can be had. */
function beginning(own: readonly Token[], text: string, around: number, count: number): number {
  const at = Math.max(
    0,
    own.findLastIndex((token) => token.start <= around),
  );
  const from = Math.min(Math.max(0, at - (count >> 1)), own.length - count);
  const isWordStart = ({ start }: Token) => /\s/.test(text.slice(Math.max(0, start - 1), start + 1)) || start === 0;
  for (let i = from; i <= at; i++) if (isWordStart(own[i] as Token)) return i;
  return from;
}

/** The part around an offset in the text; ranges count from the text's own beginning. Problem: textTooLong, where there is no room for any of it. */
export function partAround(tokenizer: Tokenizer, text: string, limit: number, around: number): Fitted {
  const full = tokenizer.encode(text).tokens;
  if (full.length <= limit) return { tokens: full, truncated: null };
  const own = full.filter((token) => token.sequence === 0 && !token.isSpecial);
  for (let room = own.length - (full.length - limit); room >= 1; ) {
    const first = beginning(own, text, around, room);
    const start = first === 0 ? 0 : (own[first] as Token).start;
    const part = text.slice(start, own[Math.min(first + room, own.length) - 1]?.end);
    const { tokens } = tokenizer.encode(part);
    if (tokens.length > limit) {
      room -= tokens.length - limit;
      continue;
    }
    const placed = tokens.map((token) => (token.sequence === 0 && !token.isSpecial ? { ...token, start: token.start + start, end: token.end + start } : token));
    const from = first === 0 ? {} : { from: { token: full.indexOf(own[first] as Token), character: start } };
    return { tokens: placed, truncated: { usedTokens: tokens.length, allTokens: full.length, usedCharacters: part.length, ...from } };
  }
  return refuse('textTooLong', { count: full.length, limit });
}
