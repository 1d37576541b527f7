import { expect, it } from 'vitest';
import type { Token } from '../../../../src/core/token';
import { unknownWordsNote } from '../../../../src/engine/text/unknownWords';

/** [start, end, id] per token; id 9 is the unknown one. */
const tokens = (rows: readonly (readonly [number, number, number])[], sequence: 0 | 1 = 0): Token[] =>
  rows.map(([start, end, id]) => ({ id, text: '', start, end, isSpecial: false, sequence, typeId: 0 }));
const special: Token = { id: 9, text: '<unk>', start: 0, end: 0, isSpecial: true, sequence: null, typeId: 0 };

const known = tokens([
  [0, 1, 1],
  [2, 3, 2],
]);
const rows: readonly (readonly [string, string, readonly Token[], number | undefined, string | undefined])[] = [
  ['no unknown token', 'a b', known, undefined, undefined],
  ['all known', 'a b', known, 9, undefined],
  [
    'a word of several unknown tokens counts once',
    'abc',
    tokens([
      [0, 1, 9],
      [1, 2, 9],
      [2, 3, 9],
    ]),
    9,
    '1 of 1 word is unknown to this model',
  ],
  [
    'half of the words',
    'a b',
    tokens([
      [0, 1, 9],
      [2, 3, 2],
    ]),
    9,
    '1 of 2 words is unknown to this model',
  ],
  [
    'fewer than half',
    'a b c',
    tokens([
      [0, 1, 9],
      [2, 3, 2],
      [4, 5, 2],
    ]),
    9,
    undefined,
  ],
  [
    'all',
    'a b',
    tokens([
      [0, 1, 9],
      [2, 3, 9],
    ]),
    9,
    '2 of 2 words are unknown to this model',
  ],
  [
    'a word that is half known',
    'abcd',
    tokens([
      [0, 2, 9],
      [2, 4, 2],
    ]),
    9,
    undefined,
  ],
  [
    'a mark of the start before an unknown word',
    'abc',
    tokens([
      [0, 0, 3],
      [0, 3, 9],
    ]),
    9,
    '1 of 1 word is unknown to this model',
  ],
  ['what is cut off does not count', 'a b c', tokens([[0, 1, 9]]), 9, '1 of 1 word is unknown to this model'],
  [
    'added tokens and commas are no words',
    'a ,',
    [
      special,
      ...tokens([
        [0, 1, 2],
        [2, 3, 9],
      ]),
    ],
    9,
    undefined,
  ],
];
it.each(rows)('%s', (_, text, own, unknownId, expected) => expect(unknownWordsNote([{ text, tokens: own }], unknownId)?.text).toBe(expected));

it('counts text and pair together', () => {
  const all = [
    ...tokens([[0, 1, 2]]),
    ...tokens(
      [
        [0, 1, 9],
        [2, 3, 9],
      ],
      1,
    ),
  ];
  const note = unknownWordsNote(
    [
      { text: 'a', tokens: all },
      { text: 'b c', tokens: all, sequence: 1 },
    ],
    9,
  );
  expect(note).toEqual({ text: '2 of 3 words are unknown to this model', isWarning: true });
});
