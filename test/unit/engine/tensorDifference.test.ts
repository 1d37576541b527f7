import { expect, it } from 'vitest';
import { unbounded } from '../../../src/core/check';
import { tensorDifference } from '../../../src/engine/diff/tensorDifference';

const tensor = (values: readonly number[], dims: readonly number[] = [values.length]) => ({ type: 'float32', dims, data: Float32Array.from(values) });

it.each<[string, ReturnType<typeof tensor>, ReturnType<typeof tensor> | undefined, number, number]>([
  ['equal, with NaN and infinities', tensor([1, Number.NaN, Number.NEGATIVE_INFINITY]), tensor([1, Number.NaN, Number.NEGATIVE_INFINITY]), 0, 0],
  ['by the largest of the tensor', tensor([4, 0.5]), tensor([4, 1.5]), 1, 0.25],
  ['a large number by itself, and it hides no small one', tensor([-1e6, 2]), tensor([-1e6, 3]), 1, 0.5],
  ['a mask that is a little off', tensor([-10_000, 2]), tensor([-10_001, 2]), 1, 1e-4],
  ['NaN on one side', tensor([1]), tensor([Number.NaN]), unbounded, unbounded],
  ['an infinity on one side', tensor([1]), tensor([Number.POSITIVE_INFINITY]), unbounded, unbounded],
  ['another shape', tensor([1, 2]), tensor([1, 2], [1, 2]), unbounded, unbounded],
  ['missing', tensor([1]), undefined, unbounded, unbounded],
])('%s', (_, first, second, absolute, relative) => {
  const found = tensorDifference(first, second);
  expect(found.absolute).toBeCloseTo(absolute, 6);
  expect(found.relative).toBeCloseTo(relative, 6);
});
