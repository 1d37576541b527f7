import { expect, it } from 'vitest';
import { gutterNumbersFrom, mapScene, numbersFrom } from '../../../src/reading/mapScene';
import { runOf, siteOf, spellings, viewOf } from '../present/fixtures';

const tokens = runOf().tokens.source ?? [];
const picture = {
  run: runOf(),
  view: viewOf(),
  site: siteOf(1),
  queries: tokens,
  keys: tokens,
  queryLabels: spellings,
  keyLabels: spellings,
  isCausal: false,
  weights: new Float32Array(25).fill(0.2),
  scores: undefined,
};
const scene = (availableWidth: number, availableHeight?: number) =>
  mapScene(picture, {
    isUnitDomain: false,
    specialTokens: 'dim',
    room: {
      pixelRatio: 1,
      availableWidth,
      ...(availableHeight !== undefined && { availableHeight }),
      rowLabelWidth: 60,
      columnLabelHeight: 50,
      rightMargin: 10,
    },
  });

it.each([
  [400, 0.02, 0.005],
  [160, undefined, undefined],
])('in %i pixels words have numbers from %s on, gutters from %s', (width, words, gutters) => {
  expect([numbersFrom(scene(width)), gutterNumbersFrom(scene(width))]).toEqual([words, gutters]);
});

it('makes rows flatter for the height, as far as numbers can be read', () => {
  const heights = [undefined, 200, 60].map((height) => scene(400, height).layout.cellHeight);
  expect(heights).toEqual([48, 37, 22]);
  expect(scene(400, 60).layout.cell).toBe(48);
});
