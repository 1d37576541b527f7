import { expect, it } from 'vitest';
import { createDecodeStream } from '../../../src/tokenizer/decodeStream';

/** Decodes ids that are bytes of UTF-8. */
const decodeBytes = (ids: readonly number[]) => new TextDecoder().decode(Uint8Array.from(ids));

it.each([
  ['text', [0x61, 0x62], ['a', 'b'], ''],
  ['a character of four bytes', [0x61, 0xf0, 0x9f, 0x98, 0x80], ['a', '', '', '', '😀'], ''],
  ['bytes that never become a character', [0x61, 0xf0, 0x9f], ['a', '', ''], '\uFFFD'],
  ['a broken character inside', [0xf0, 0x61], ['', '\uFFFDa'], ''],
])('gives %s as it becomes certain', (_, ids, pieces, end) => {
  const stream = createDecodeStream(decodeBytes);
  expect(ids.map((id) => stream.step(id))).toEqual(pieces);
  expect(stream.end()).toBe(end);
});

it('does not repeat text that a later id changes', () => {
  const texts = ['', 'do', "do n't", "don't know"];
  const stream = createDecodeStream((ids) => texts[ids.length] ?? '');
  expect([1, 1, 1].map((id) => stream.step(id))).toEqual(['do', " n't", '']);
});
