import { describe, expect, it } from 'vitest';
import type { SelectionText } from '../../../src/core/subject';
import { revealColumnOf, wouldHide } from '../../../src/host/editor/columns';
import { RevealMemory } from '../../../src/host/editor/revealMemory';

const text = 'Hello. The server crashed.';
const place = (start: number, end: number, uri = 'file:///a.txt') => ({ text, uri, fileName: 'a.txt', start, end });
const selection: SelectionText = { text: 'The server crashed.', uri: 'file:///a.txt', start: 7, label: 'a.txt : 1' };

describe('what is inspected after a token was revealed', () => {
  const noted = (change: Partial<SelectionText> = {}) => {
    const reveals = new RevealMemory();
    reveals.note({ uri: 'file:///a.txt', start: 11, end: 17, selection: { ...selection, ...change } });
    return reveals;
  };
  it.each([
    ['the text that was selected', {}, place(11, 17), place(7, 26)],
    ['the sentence at the caret that was', { caret: 4 }, place(11, 17), place(11, 11)],
    ['another selection of the user', {}, place(11, 15), place(11, 15)],
    ['another document', {}, place(11, 17, 'file:///b.txt'), place(11, 17, 'file:///b.txt')],
  ])('%s', (_, change, now, expected) => expect(noted(change).placeBehind(now)).toEqual(expected));

  it('is that token, once the user has selected it', () => {
    const reveals = noted();
    reveals.forget();
    expect(reveals.placeBehind(place(11, 17))).toEqual(place(11, 17));
  });
});

describe('the column of a revealed token', () => {
  const group = (viewColumn: number, has: 'document' | 'panel' | 'both' | 'neither') => ({
    viewColumn,
    hasDocument: has === 'document' || has === 'both',
    hasPanel: has === 'panel' || has === 'both',
  });
  it.each([
    ['the one with the document', [group(1, 'neither'), group(2, 'document')], 2],
    ['not over the panel in column One', [group(1, 'panel'), group(2, 'neither')], 2],
    ['not over the panel beside the document', [group(1, 'both'), group(2, 'neither')], 2],
    ['a new one where the panel has the only one', [group(1, 'panel')], undefined],
  ])('%s', (_, groups, column) => expect(revealColumnOf(groups)).toBe(column));

  it.each([
    ['share their only group', [group(1, 'both')], true],
    ['share one group of two', [group(1, 'both'), group(2, 'document')], false],
    ['stand beside each other', [group(1, 'document'), group(2, 'panel')], false],
    ['are not both there', [group(1, 'panel')], false],
  ])('the panel would hide the text where they %s', (_, groups, isHidden) => expect(wouldHide(groups)).toBe(isHidden));
});
