import { expect, it } from 'vitest';
import { codePointOffsets } from '../../../src/tokenizer/codePointOffsets';

it.each([
  ['', [0]],
  ['ab', [0, 1, 2]],
  ['a😀b', [0, 1, 3, 4]],
  ['😀😀', [0, 2, 4]],
  ['\uD83Da', [0, 1, 2]],
  ['a\uDE00\uD83D', [0, 1, 2, 3]],
  ['\uDE00\uD83D\uDE00', [0, 1, 3]],
])('%j has its code points at %j', (text, expected) => {
  expect(Array.from(codePointOffsets(text))).toEqual(expected);
});
