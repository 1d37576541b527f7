import { describe, expect, it } from 'vitest';
import { entropy, norm, quantile, softmaxRows, topK } from '../../../src/core/arithmetic';

const close = (actual: ArrayLike<number>, expected: number[]) => {
  for (const [i, value] of expected.entries()) expect(actual[i]).toBeCloseTo(value, 6);
};

describe('softmaxRows', () => {
  it.each([
    { name: 'two equal scores', scores: [3, 3], columns: 2, expected: [0.5, 0.5] },
    { name: 'large scores do not overflow', scores: [1000, 1001], columns: 2, expected: [1 / (1 + Math.E), Math.E / (1 + Math.E)] },
    { name: 'a masked cell gets nothing', scores: [0, Number.NEGATIVE_INFINITY], columns: 2, expected: [1, 0] },
    { name: 'a fully masked row stays zero', scores: [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0], columns: 2, expected: [0, 0, 0.5, 0.5] },
  ])('$name', ({ scores, columns, expected }) => close(softmaxRows(Float32Array.from(scores), columns), expected));

  it('lets a sink take its part of every row', () => {
    close(
      softmaxRows(Float32Array.from([0, 0, 0, 0]), 2, (row) => (row === 0 ? 0 : Math.log(2))),
      [1 / 3, 1 / 3, 1 / 4, 1 / 4],
    );
  });
});

describe('rows of numbers', () => {
  it('entropy of a uniform row is log n, of a certain one 0', () => {
    expect(entropy([0.25, 0.25, 0.25, 0.25])).toBeCloseTo(Math.log(4));
    expect(entropy([0, 1, 0])).toBe(0);
  });
  it('topK keeps the order of ties', () => expect(topK([1, 3, 3, 2], 3)).toEqual([1, 2, 3]));
  it('norm of a part', () => expect(norm([9, 3, 4, 9], 1, 2)).toBe(5));
  it.each([
    { values: [], fraction: 0.5, expected: 0 },
    { values: [4, 1, 3, 2], fraction: 0.5, expected: 2 },
    { values: [4, 1, 3, 2], fraction: 1, expected: 4 },
    { values: [7], fraction: 0.995, expected: 7 },
  ])('quantile $fraction of $values', ({ values, fraction, expected }) => expect(quantile(values, fraction)).toBe(expected));
});
