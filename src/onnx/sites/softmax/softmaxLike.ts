// A softmax in whatever way it is written.

import type { OnnxNode } from '../../file/model';

export interface SoftmaxLike {
  /** The operator, or the division that ends the spelled-out form. */
  readonly node: OnnxNode;
  readonly writtenAs: string;
  readonly input: string;
  readonly output: string;
  /** From the end: -1 is the last axis; undefined where it is not certain. */
  readonly axis: number | undefined;
  /** What is added to the sum of the exponentials: the weights of a row sum to less than 1. */
  readonly rest?: string;
}
