// The largest difference between two rows of numbers, and that relative to the largest value. Finite always.

import { maskedBelow } from '../../core/arithmetic';
import { unbounded } from '../../core/check';
import type { Activation } from '../../core/names';

export interface DeviationSize {
  readonly absolute: number;
  readonly relative: number;
  /** How many numbers were compared. */
  readonly cells: number;
  /** How many query rows of how many were compared; undefined: all cells. */
  readonly rows?: { readonly compared: number; readonly of: number };
  /** Activations that belong to the identity and that nothing was compared with. */
  readonly unchecked?: readonly Unchecked[];
}

export interface Unchecked {
  readonly activation: Activation;
  readonly reason: string;
}

export class Deviation {
  private worst = 0;
  private largest = 0;
  private made = 0;
  private cells = 0;

  add(expected: number, actual: number): void {
    this.cells++;
    // Equal infinities have no difference; NaN agrees with nothing, itself included.
    const difference = expected === actual ? 0 : Math.abs(expected - actual);
    if (Number.isNaN(difference)) this.worst = unbounded;
    else if (difference > this.worst) this.worst = difference;
    const size = Math.abs(actual);
    if (size > this.largest && size < Number.POSITIVE_INFINITY) this.largest = size;
  }

  /** Of scores: a masked cell agrees with a masked cell, and two of them are not counted. */
  addScore(expected: number, actual: number): void {
    const isMasked = actual < maskedBelow;
    if (isMasked !== expected < maskedBelow) this.worst = unbounded;
    else if (!isMasked) this.add(expected, actual);
  }

  /** The scale to measure by where every number that was compared is 0: what they were made from. */
  scaleOfZeros(value: number): void {
    const size = Math.abs(value);
    if (size > this.made && size < Number.POSITIVE_INFINITY) this.made = size;
  }

  get size(): DeviationSize {
    const absolute = Math.min(this.worst, unbounded);
    return { cells: this.cells, absolute, relative: absolute === 0 ? 0 : Math.min(unbounded, absolute / Math.max(this.largest || this.made, 1e-30)) };
  }
}

/** Multiplications that identity 1 or 3 of one site may cost: 128 tokens at d = 768 take 13 million. */
export const attentionBudget = 16_000_000;
/** The same of identity 5, whose inner loop is three times as fast: 128 tokens at d = 768 take 76 million. */
export const projectionBudget = 80_000_000;

/** Rows to check: all, or evenly spaced ones with the first and the last when a row costs too much. */
export function sampledRows(rowCount: number, costOfRow: number, budget: number): number[] {
  const count = Math.min(rowCount, Math.max(8, Math.floor(budget / Math.max(1, costOfRow))));
  if (count === rowCount) return Array.from({ length: rowCount }, (_, row) => row);
  return Array.from({ length: count }, (_, i) => Math.round((i * (rowCount - 1)) / (count - 1)));
}
