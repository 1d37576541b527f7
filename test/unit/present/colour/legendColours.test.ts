import { expect, it } from 'vitest';
import { legendColours, legendEnds } from '../../../../src/present/colour/legendColours';
import { gutterTable, hexOf, sequentialTable, themeKinds } from '../../../../src/present/colour/palette';

it.each(themeKinds)('runs from the colour of nothing to that of the largest, in %s', (kind) => {
  const [content, gutter] = [legendColours(kind, false), legendColours(kind, true)];
  expect([content[0], content.at(-1)]).toEqual([hexOf(sequentialTable(kind), 0), hexOf(sequentialTable(kind), 255)]);
  expect([gutter[0], gutter.at(-1)]).toEqual([hexOf(gutterTable(kind), 0), hexOf(gutterTable(kind), 255)]);
  expect(content[0]).not.toBe(content.at(-1));
});

it('writes the smallest left and the largest right', () => {
  expect(legendEnds({ min: 0, max: 0.964 })).toEqual(['0', '0.96']);
});
