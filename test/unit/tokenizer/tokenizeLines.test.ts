import { expect, it } from 'vitest';
import { tokenizeLines } from '../../../src/tokenizer/tokenizeLines';
import { tokenizerWith } from './tokenizerModule';

it('writes one row per text or pair', () => {
  expect(tokenizeLines(tokenizerWith(), ['😀 the', ['a', 'server']])).toEqual([
    {
      ids: [1, 7, 4, 2],
      tokens: ['[CLS]', '😀', 'the', '[SEP]'],
      offsets: [
        [0, 0],
        [0, 2],
        [3, 6],
        [0, 0],
      ],
      special: [1, 0, 0, 1],
    },
    {
      ids: [1, 9, 2, 5, 2],
      tokens: ['[CLS]', 'a', '[SEP]', 'server', '[SEP]'],
      offsets: [
        [0, 0],
        [0, 1],
        [0, 0],
        [0, 6],
        [0, 0],
      ],
      special: [1, 0, 1, 0, 1],
    },
  ]);
});
