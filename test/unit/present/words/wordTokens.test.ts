import { expect, it } from 'vitest';
import type { Token } from '../../../../src/core/token';
import { joinedLabel, wordOfToken } from '../../../../src/present/words/wordTokens';

const text = "The embeddings, don't Ünïcode 今日";
const ranges: readonly (readonly [number, number])[] = [
  [0, 0],
  [0, 3],
  [4, 7],
  [7, 10],
  [10, 14],
  [14, 15],
  [16, 19],
  [19, 20],
  [20, 21],
  [22, 25],
  [25, 29],
  [30, 31],
  [31, 32],
  [0, 0],
];
const tokens = ranges.map(([start, end], i): Token => {
  const isSpecial = i === 0 || i === ranges.length - 1;
  return { id: i, text: text.slice(start, end), start, end, isSpecial, sequence: isSpecial ? null : 0, typeId: 0 };
});

it.each([
  ['a word that is one token', 1, [1]],
  ['the first piece', 2, [2, 3, 4]],
  ['a piece in the middle', 3, [2, 3, 4]],
  ['the last piece', 4, [2, 3, 4]],
  ['a comma', 5, [5]],
  ['a mark between letters ends a word', 6, [6]],
  ['letters with marks', 10, [9, 10]],
  ['a special token', 0, [0]],
])('%s', (_, index, expected) => expect(wordOfToken(text, tokens, index)).toEqual(expected));

it.each([
  ['a byte-level piece that begins a word', 'The', 1, 'The'],
  ['one that goes on with it', 'ed', 3, '‿ed'],
  ['a WordPiece, which says so itself', '##ed', 3, '##ed'],
  ['a comma after a word', ',', 5, ','],
  ['letters after an apostrophe', 't', 8, 't'],
  ['characters of a script without spaces', '日', 12, '‿日'],
  ['a special token', '[SEP]', 13, '[SEP]'],
])('%s', (_, label, index, expected) => expect(joinedLabel(label, text, tokens, index)).toBe(expected));
