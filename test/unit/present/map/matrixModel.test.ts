// One head's map: gutters, masked cells, domain, tiles; and where its cells stand.

import { expect, it } from 'vitest';
import { cellAt, labelledEntries, matrixLayout, tileFor } from '../../../../src/present/map/matrixLayout';
import { entryOf, type MatrixInput, matrixModel } from '../../../../src/present/map/matrixModel';
import { legendNotes } from '../../../../src/present/words/panelWords';
import { tokensOf } from '../fixtures';

const tokens = tokensOf(['[CLS]', 'a', 'b', '[SEP]']);
// biome-ignore format: rows
const weights = Float32Array.of(
  1, 0, 0, 0,
  0.5, 0.2, 0.1, 0.2,
  0.25, 0.25, 0.4, 0.1,
  0.9, 0, 0.1, 0,
);
const base: MatrixInput = { weights, queries: tokens, keys: tokens, isCausal: false, specialTokens: 'dim', isUnitDomain: false, tile: 1 };
const room = { pixelRatio: 1, availableWidth: 400, rowLabelWidth: 40, columnLabelHeight: 30, rightMargin: 10 };

it.each([
  ['dim', [true, false, false, true], 0.4, 0],
  ['show', [false, false, false, false], 1, 0],
  ['hide', [false, false], 0.4, 2],
] as const)('special tokens: %s', (specialTokens, gutters, max, hiddenCount) => {
  const model = matrixModel({ ...base, specialTokens });
  expect(model.columns.map((column) => column.isGutter)).toEqual(gutters);
  expect(model.domain.max).toBeCloseTo(max, 6);
  expect(model.hiddenCount).toBe(hiddenCount);
  expect(model.clippedCount).toBe(0);
});

it('takes 0 … 1 when asked, and where there is no content at all', () => {
  expect(matrixModel({ ...base, isUnitDomain: true }).domain).toEqual({ min: 0, max: 1 });
  expect(matrixModel({ ...base, weights: new Float32Array(16) }).domain).toEqual({ min: 0, max: 1 });
});

it('does not stretch a map that holds next to nothing', () => {
  const model = matrixModel({ ...base, weights: new Float32Array(16).fill(2e-17) });
  expect(model.domain).toEqual({ min: 0, max: 0.001 });
  expect(legendNotes(model, undefined, true)[0]).toBe('scale 0 … 0.001 (all weights between words are smaller)');
  expect(legendNotes(matrixModel({ ...base, specialTokens: 'show', weights: weights.map((weight) => weight / 2) }), undefined, false)[0]).toBe(
    'scale 0 … 0.50 (largest weight)',
  );
});

it('masks later keys of a causal site, and cells whose score is masked, only where the weight is 0', () => {
  expect([...matrixModel({ ...base, isCausal: true }).masked]).toEqual([0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  const scores = new Float32Array(16).fill(1);
  scores[6] = -3.4e38;
  expect(matrixModel({ ...base, scores }).maskedCount).toBe(0);
  scores[13] = -3.4e38;
  expect(matrixModel({ ...base, scores }).maskedCount).toBe(1);
});

it('never masks what is merely zero', () => {
  expect(matrixModel(base).maskedCount).toBe(0);
});

it('shows the largest allowed weight of a tile and keeps gutters apart', () => {
  const many = tokensOf(['[CLS]', 'a', 'b', 'c', 'd', 'e', '[SEP]']);
  const values = Float32Array.from({ length: 49 }, (_, i) => i / 100);
  const model = matrixModel({ ...base, weights: values, queries: many, keys: many, tile: 2 });
  expect(model.columns.map(({ index, count }) => [index, count])).toEqual([
    [0, 1],
    [1, 2],
    [3, 2],
    [5, 1],
    [6, 1],
  ]);
  expect(model.values[1 * 5 + 2]).toBeCloseTo((2 * 7 + 4) / 100, 6);
  expect(entryOf(model.columns, 4)).toBe(2);
});

it.each([1, 1.25, 2])('lays cells out in whole device pixels at ratio %d', (pixelRatio) => {
  const layout = matrixLayout(matrixModel(base), { ...room, pixelRatio });
  for (const number of [...layout.xs, ...layout.ys, layout.cell, layout.gutterWidth, layout.width, layout.height]) expect(Number.isInteger(number)).toBe(true);
  expect(layout.gutterWidth).toBeLessThan(layout.cell);
  expect(layout.width).toBeLessThanOrEqual(400 * pixelRatio);
  for (const [row, column] of [
    [0, 0],
    [2, 1],
    [3, 3],
  ] as const) {
    expect(cellAt(layout, (layout.xs[column] as number) + 1, (layout.ys[row] as number) + 1)).toEqual({ row, column });
  }
  expect(cellAt(layout, 2, 2)).toBeUndefined();
});

it.each([
  [10, 1],
  [350, 1],
  [351, 2],
  [2048, 6],
])('%d tokens share rows by %d', (count, tile) => {
  expect(tileFor(count, room)).toBe(tile);
});

it('thins labels: marked ones stay, gutters give way first', () => {
  const axis = [{ index: 0, count: 1, isGutter: true }, ...[1, 2, 3, 4].map((index) => ({ index, count: 1, isGutter: false }))];
  expect(labelledEntries(axis, [6, 10, 10, 10, 10], 20, [2]).sort()).toEqual([2, 4]);
  expect(labelledEntries(axis, [20, 20, 20, 20, 20], 20, []).length).toBe(5);
});
