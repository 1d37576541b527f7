// What is asked of a file of captures. Pure.

import type { CaptureKey } from '../core/names';
import type { RunSummary } from '../core/run';

export interface CaptureWish {
  readonly path: string;
  /** In the order in which the file holds them. */
  readonly keys: readonly CaptureKey[];
  readonly run: RunSummary;
  readonly modelSha256: string;
  /** Of the product. */
  readonly version: string;
}

/** Somebody who waits may give it up, and is told how far it is: 0 … 1. */
export interface CaptureWatch {
  readonly signal?: AbortSignal;
  readonly onPart?: (part: number) => void;
}
