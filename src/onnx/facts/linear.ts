// A linear layer of a graph, however it is written.

import type { TensorRef } from './captures';

/** A linear layer y = x·W + b, however it is written: also in two steps, with branches beside it, or scaled afterwards. */
export interface Linear {
  /** Tensor that enters, float, [token, in]. */
  readonly input: TensorRef;
  /** Tensor that leaves, bias included, [token, out]. */
  readonly output: TensorRef;
  /** Names of the nodes between input and output. */
  readonly nodes: readonly string[];
  /** How it is written, for describe: 'MatMul + Add', 'Gemm', 'MatMulInteger', 'MatMulNBits' … */
  readonly writtenAs: string;
  /** What the layer sees where that differs from `input`: quantised at run time, rounded, or multiplied head by head. */
  readonly inputAsSeen?: TensorRef;
  /** True where it was followed from attn_out back to the heads, whatever stands between: its axes are those of the file. */
  readonly isWhole?: boolean;
  /** True where a gate or factor multiplies the heads before the layer: `input` is without it, `inputAsSeen` with it. */
  readonly isMultiplied?: boolean;
}
