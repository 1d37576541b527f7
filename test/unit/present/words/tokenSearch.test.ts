import { expect, it } from 'vitest';
import type { Token } from '../../../../src/core/token';
import { findTokens } from '../../../../src/present/words/tokenSearch';

const text = 'The embedding, the EMBEDDINGS. İstanbul';
const pieces: readonly (readonly [number, number])[] = [
  [0, 3],
  [4, 7],
  [7, 13],
  [13, 14],
  [15, 18],
  [19, 22],
  [22, 29],
  [29, 30],
  [31, 39],
];
const tokens = pieces.map(([start, end]): Token => ({ id: 1, text: text.slice(start, end), start, end, isSpecial: false, sequence: 0, typeId: 0 }));
const special: Token = { id: 0, text: '[CLS]', start: 0, end: 0, isSpecial: true, sequence: null, typeId: 0 };

it.each([
  [
    'a word of several tokens, in any case',
    'embedding',
    [
      [2, 3],
      [6, 7],
    ],
  ],
  ['a part of a token', 'edd', [[3], [7]]],
  [
    'over a space',
    'the emb',
    [
      [1, 2],
      [5, 6],
    ],
  ],
  ['a letter that is longer in lower case', 'İst', [[9]]],
  ['nothing of blanks', '  ', []],
  ['nothing that is not there', 'zebra', []],
])('finds %s', (_, words, expected) => expect(findTokens(text, [special, ...tokens], 0, words)).toEqual(expected));

it('finds in the pair what stands in the pair', () => {
  expect(findTokens(text, [special, ...tokens], 1, 'the')).toEqual([]);
});
