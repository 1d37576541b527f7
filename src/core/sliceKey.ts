// What a view asks for: one activation of one run, whole or one head of it.

import type { CaptureKey } from './names';

export interface SliceKey extends CaptureKey {
  readonly runId: number;
  /** A run is a list of passes (one for now; decoding steps and beams later). */
  readonly pass: number;
  /** Only this head of [head, …] activations. */
  readonly head?: number;
  /** The mean over the heads, never renormalised, instead of [head, …]. */
  readonly isHeadMean?: boolean;
}
