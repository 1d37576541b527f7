// What is put in the place of a tensor while a file runs. Numbers only: where they go was decided by the plan.

import { bool } from '../../onnx/file/elementTypes';
import type { Splice, SplicePlace } from '../../onnx/instrument/plan';
import { numbersIn } from '../tensors/rawTensor';
import type { Feeds } from './feeds';

/** Numbers that are broadcast to the dimensions of a tensor; `dims` [] is one number for all of it. */
export interface Broadcast {
  readonly dims: readonly number[];
  readonly values: readonly number[];
}

export interface Splicing extends Splice {
  /** 1 where the value takes the tensor's place, 0 where the tensor stays. */
  readonly mask: Broadcast;
  readonly value: Broadcast;
}

/** The feeds of the inputs that the splices added, in their order. */
export function spliceFeeds(places: readonly SplicePlace[], splicings: readonly Splicing[]): Feeds {
  return Object.fromEntries(
    places.flatMap((place, i) => {
      const { mask, value } = splicings[i] as Splicing;
      const numbers = numbersIn(place.type, value.dims, value.values);
      return [[place.mask, numbersIn(bool, mask.dims, mask.values)], ...(numbers ? [[place.value, numbers]] : [])];
    }),
  );
}
