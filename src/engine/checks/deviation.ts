// The largest difference between two rows of numbers, and that relative to the largest value. Finite always.

/** Stands for a difference that has no size: NaN, or a cell masked on one side only. */
export const unbounded = 1e9;

/** Cells below this count as masked, as exporters write −∞ in many ways (−10000, the smallest float, −∞). */
export const maskedBelow = -1e3;

export interface DeviationSize {
  readonly absolute: number;
  readonly relative: number;
}

export class Deviation {
  private worst = 0;
  private largest = 0;

  add(expected: number, actual: number): void {
    const difference = Math.abs(expected - actual);
    if (difference > this.worst) this.worst = difference;
    else if (Number.isNaN(difference)) this.worst = Object.is(expected, actual) ? this.worst : unbounded;
    const size = Math.abs(actual);
    if (size > this.largest && size < Number.POSITIVE_INFINITY) this.largest = size;
  }

  /** Of scores: a masked cell agrees with a masked cell. */
  addScore(expected: number, actual: number): void {
    const isMasked = actual < maskedBelow;
    if (isMasked !== expected < maskedBelow) this.worst = unbounded;
    else if (!isMasked) this.add(expected, actual);
  }

  get size(): DeviationSize {
    const absolute = Math.min(this.worst, unbounded);
    return { absolute, relative: absolute === 0 ? 0 : Math.min(unbounded, absolute / Math.max(this.largest, 1e-30)) };
  }
}

/** Multiplications that one identity of one site may cost; above it evenly spaced rows are checked. */
const budget = 8_000_000;

/** Rows to check: all, or evenly spaced ones with the first and the last when a row costs too much. */
export function sampledRows(rowCount: number, costOfRow: number): number[] {
  const count = Math.min(rowCount, Math.max(8, Math.floor(budget / Math.max(1, costOfRow))));
  if (count === rowCount) return Array.from({ length: rowCount }, (_, row) => row);
  return Array.from({ length: count }, (_, i) => Math.round((i * (rowCount - 1)) / (count - 1)));
}
