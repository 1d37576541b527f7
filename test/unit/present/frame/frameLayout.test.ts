// What stands where: the table of the design, the order of folding, and that a hand's choice wins.

import { describe, expect, it } from 'vitest';
import { type FrameInput, frameLayout, leastShareOfView } from '../../../../src/present/frame/frameLayout';

const plain: FrameInput = { width: 1100, height: 900, listCount: 1, isLong: false, hasHeads: true, isShelfFolded: null };
const said = (change: Partial<FrameInput>) => {
  const { form, heads, focusRow, tokenLines, viewStart } = frameLayout({ ...plain, ...change });
  return `${form} ${heads} ${focusRow} ${tokenLines} ${viewStart}`;
};

describe('the frame', () => {
  it.each<[string, Partial<FrameInput>, string]>([
    ['a wide panel', {}, 'dock column column 1 138'],
    ['the narrowest dock', { width: 900 }, 'dock column column 1 138'],
    ['a shelf', { width: 899 }, 'shelf shelf shelf 1 274'],
    ['the narrowest shelf', { width: 560 }, 'shelf shelf shelf 1 274'],
    ['a sheet', { width: 559 }, 'sheet none bar 1 164'],
    ['two lines of tokens', { isLong: true }, 'dock column column 2 164'],
    ['a shelf below two lines of tokens', { width: 640, isLong: true }, 'shelf shelf shelf 2 300'],
    ['a narrow panel has one line of tokens however many there are', { width: 400, isLong: true }, 'sheet none bar 1 164'],
    ['two lists have a line each at every width', { width: 400, listCount: 2 }, 'sheet none bar 2 190'],
    ['views that are of no head', { width: 640, hasHeads: false }, 'shelf none none 1 138'],
  ])('%s', (_, change, expected) => expect(said(change)).toBe(expected));

  it.each<[string, Partial<FrameInput>, string]>([
    ['first the shelf', { width: 640, height: 650 }, 'shelf line line 1 168'],
    ['with two lines of tokens, still the shelf alone', { width: 640, height: 650, isLong: true }, 'shelf line line 2 194'],
    ['then the tokens', { width: 640, height: 480, isLong: true }, 'shelf line line 1 168'],
    ['then the focus row', { width: 640, height: 400 }, 'shelf line none 1 168'],
    ['in a sheet the focus row', { width: 400, height: 460 }, 'sheet none none 1 138'],
    ['in a dock the tokens', { height: 430, isLong: true }, 'dock column column 1 138'],
  ])('folds for the view: %s', (_, change, expected) => expect(said(change)).toBe(expected));

  it('keeps what was folded or unfolded by hand', () => {
    expect(said({ width: 640, isShelfFolded: true })).toBe('shelf line line 1 168');
    expect(said({ width: 640, height: 500, isShelfFolded: false })).toBe('shelf shelf shelf 1 274');
  });

  it('gives the view its share at every size that people use, and all heights make up the panel', () => {
    for (const width of [1100, 640, 400])
      for (const height of [900, 650, 480])
        for (const isLong of [false, true])
          for (const listCount of [1, 2] as const) {
            const { form, viewStart, viewHeight } = frameLayout({ ...plain, width, height, isLong, listCount });
            expect(viewHeight / height, `${width} × ${height} ${isLong} ${listCount}`).toBeGreaterThanOrEqual(listCount === 2 ? 0.525 : leastShareOfView);
            expect(viewStart + viewHeight + (form === 'sheet' ? 52 : 34)).toBe(height);
          }
  });
});
