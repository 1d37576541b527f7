// What painting a map needs, and the walk over its cells that every pass shares.

import { isGutterCell } from '../../src/present/map/mapText';
import type { MatrixLayout } from '../../src/present/map/matrixLayout';
import type { MatrixModel } from '../../src/present/map/matrixModel';
import type { Theme } from '../theme';

export interface HeatmapInput {
  readonly model: MatrixModel;
  readonly layout: MatrixLayout;
  readonly theme: Theme;
  readonly queryLabels: readonly string[];
  readonly keyLabels: readonly string[];
  /** Row and column that are always labelled. */
  readonly markedRow: number;
  readonly markedColumn: number;
  /** Smallest number that is written into a content cell. */
  readonly numbersFrom: number;
  /** The same for gutters. */
  readonly gutterNumbersFrom: number;
}

/** Visits every cell with its place in `values` and its box without the gap. */
export function forEachCell(
  { model, layout }: HeatmapInput,
  visit: (at: number, x: number, y: number, width: number, height: number, isGutter: boolean) => void,
): void {
  model.rows.forEach((_, r) => {
    model.columns.forEach((__, c) => {
      const [x, y] = [layout.xs[c] as number, layout.ys[r] as number];
      visit(
        r * model.columns.length + c,
        x,
        y,
        (layout.widths[c] as number) - layout.gap,
        (layout.heights[r] as number) - layout.gap,
        isGutterCell(model, r, c),
      );
    });
  });
}
