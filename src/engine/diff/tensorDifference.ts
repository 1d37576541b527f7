// How far two tensors are apart. Masks write large numbers beside small ones: each number is measured by itself, or by the tensor's own size.

import { maskedBelow } from '../../core/arithmetic';
import { unbounded } from '../../core/check';
import { floatsOfRaw, type RawTensor } from '../tensors/rawTensor';

export interface Difference {
  readonly absolute: number;
  readonly relative: number;
}

const everything: Difference = { absolute: unbounded, relative: unbounded };

export const worseDifference = (a: Difference, b: Difference): Difference => ({
  absolute: Math.max(a.absolute, b.absolute),
  relative: Math.max(a.relative, b.relative),
});

/** The largest size of a number that is no mask's. */
function ownSize(values: Float32Array): number {
  let largest = 1e-30;
  for (const value of values) {
    const size = Math.abs(value);
    if (size > largest && size <= -maskedBelow) largest = size;
  }
  return largest;
}

/** Of `b` from `a`; a tensor that is missing has another shape. Equal infinities, and NaN on both sides, are no difference. */
export function tensorDifference(a: RawTensor, b: RawTensor | undefined): Difference {
  if (!b || a.dims.length !== b.dims.length || a.dims.some((dim, axis) => dim !== b.dims[axis])) return everything;
  const [first, second] = [floatsOfRaw(a), floatsOfRaw(b)];
  const size = ownSize(first);
  let [absolute, relative] = [0, 0];
  for (let i = 0; i < first.length; i++) {
    const [one, other] = [first[i] as number, second[i] as number];
    if (one === other || (Number.isNaN(one) && Number.isNaN(other))) continue;
    const difference = Math.abs(one - other);
    if (!Number.isFinite(difference)) return everything;
    absolute = Math.max(absolute, difference);
    relative = Math.max(relative, difference / Math.max(Math.abs(one), size));
  }
  return { absolute: Math.min(absolute, unbounded), relative: Math.min(relative, unbounded) };
}
