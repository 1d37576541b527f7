import { expect, it } from 'vitest';
import { fitsType } from '../../../../src/engine/tensors/rawTensor';
import { bool, float32, int32, int64 } from '../../../../src/onnx/file/elementTypes';

it.each([
  ['int64', int64, [0, 1, -1, 2 ** 53], [0.5, 1.9, 1e30, 2 ** 63, Number.NaN, Number.POSITIVE_INFINITY]],
  ['int32', int32, [0, -(2 ** 31), 2 ** 31 - 1], [0.5, 2 ** 31]],
  ['bool', bool, [0, 1], [2, 0.5, -1]],
  ['float32', float32, [0.5, 1e30, Number.POSITIVE_INFINITY], [Number.NaN]],
])('%s takes its own numbers alone', (_, type, good, bad) => {
  expect(good.filter((value) => !fitsType(type, value))).toEqual([]);
  expect(bad.filter((value) => fitsType(type, value))).toEqual([]);
});
