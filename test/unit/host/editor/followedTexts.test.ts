import { describe, expect, it } from 'vitest';
import { FollowedTexts } from '../../../../src/host/editor/followedTexts';
import { type Edit, moved } from '../../../../src/host/editor/stretch';

const document = 'One. The server crashed. End.';
const stretch = { start: 5, end: 24 };
const edit = (rangeOffset: number, rangeLength: number, text: string): Edit => ({ rangeOffset, rangeLength, text });
const after = ({ rangeOffset, rangeLength, text }: Edit) => document.slice(0, rangeOffset) + text + document.slice(rangeOffset + rangeLength);

describe('a stretch moved along with an edit', () => {
  it.each([
    ['before it', edit(0, 0, 'Hello. '), 'The server crashed.'],
    ['taken away before it', edit(0, 5, ''), 'The server crashed.'],
    ['at its beginning', edit(5, 0, 'So: '), 'The server crashed.'],
    ['at its end', edit(24, 0, ' Again.'), 'The server crashed.'],
    ['behind it', edit(25, 4, 'Fin.'), 'The server crashed.'],
    ['within it', edit(9, 6, 'waiter'), 'The waiter crashed.'],
    ['typed over it', edit(5, 19, 'Nothing.'), 'Nothing.'],
    ['over its beginning', edit(3, 5, '; a'), '; a server crashed.'],
    ['over its end', edit(16, 12, 'fell'), 'The server fell'],
    ['the whole document, the same', edit(0, document.length, document), 'The server crashed.'],
    ['the whole document, a shorter one', edit(0, document.length, 'One. The'), 'The'],
  ])('%s', (_, one, expected) => {
    const { start, end } = moved(stretch, one);
    expect(after(one).slice(start, end)).toBe(expected);
  });
});

describe('texts that are followed', () => {
  const selection = (start: number, uri: string | null = 'file:///a.txt') => ({ text: 'server', uri, start, label: '' });

  it('move with the edits of their own document, in their order', () => {
    const texts = new FollowedTexts();
    const [one, other] = [selection(9), selection(9, 'file:///b.txt')];
    for (const text of [one, other]) texts.follow(text);
    texts.edit('file:///a.txt', [edit(20, 0, 'x'), edit(0, 0, 'abc')]);
    expect([texts.placeOf(one), texts.placeOf(other)]).toEqual([
      { start: 12, end: 18 },
      { start: 9, end: 15 },
    ]);
  });

  it('stand where they were taken from when they are not followed any more', () => {
    const texts = new FollowedTexts();
    const first = selection(9);
    texts.follow(first);
    texts.edit('file:///a.txt', [edit(0, 0, 'abc')]);
    for (let i = 0; i < 4; i++) texts.follow(selection(i));
    expect(texts.placeOf(first).start).toBe(9);
  });
});
