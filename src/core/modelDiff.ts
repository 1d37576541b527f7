// Two ways of computing one text, compared tensor by tensor. Wire-safe: finite numbers only.

import type { Badge, Check } from './check';
import type { EngineUsed } from './engineName';
import type { Problem } from './problem';

export interface TensorPlace {
  readonly tensor: string;
  /** Name of the node that makes it, or its operation and place where it has none. */
  readonly node: string;
  /** ONNX file of the first model, relative to its folder. */
  readonly file: string;
}

export interface TensorDeviation extends TensorPlace {
  /** Largest |a − b|; where a tensor has another shape, or is not a number on one side only, `unbounded`. */
  readonly absolute: number;
  /** Largest |a − b| / max(|a|, largest |a| of the tensor that is no mask's). */
  readonly relative: number;
}

export interface DiffSide {
  readonly engine: EngineUsed;
  /** null where the identities could not be looked at. */
  readonly badge: Badge | null;
  readonly checks: readonly Check[];
  /** Why not: the numbers are compared all the same. */
  readonly problem?: Problem;
}

export interface ModelDiff {
  /** The first tensor, by step (of files that are run once per token) and in the order of the first graph, that leaves the tolerance; null: none does. */
  readonly first: TensorPlace | null;
  /** One entry per floating-point tensor that both graphs have, in the order of the first one. */
  readonly deviations: readonly TensorDeviation[];
  /** Of `relative`. */
  readonly tolerance: number;
  readonly sides: readonly [DiffSide, DiffSide];
}
