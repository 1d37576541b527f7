// What moves over a map: the focus row's frame, the cursor's and the pointer's cell. Cleared and painted as a whole, one frame at a time.

import type { MatrixLayout } from '../../src/present/map/matrixLayout';
import type { Theme } from '../theme';

export interface OverlayInput {
  readonly layout: MatrixLayout;
  readonly theme: Theme;
  /** Row of the focus token; −1 where it is hidden. */
  readonly focusRow: number;
  readonly cursor: { readonly row: number; readonly column: number } | null;
  readonly hover: { readonly row: number; readonly column: number } | null;
}

/** Paints the overlay. */
export function drawOverlay(context: CanvasRenderingContext2D, input: OverlayInput): void {
  const { layout, theme } = input;
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  const line = Math.max(1, Math.round(2 * layout.pixelRatio));
  if (input.focusRow >= 0) frame(context, rowRect(layout, input.focusRow), theme.focus, line);
  if (input.hover) {
    frame(context, columnRect(layout, input.hover.column), theme.muted, Math.max(1, Math.round(layout.pixelRatio)));
    frame(context, cellRect(layout, input.hover.row, input.hover.column), theme.foreground, line);
  }
  if (input.cursor) drawCursor(context, input, cellRect(layout, input.cursor.row, input.cursor.column), line);
}

/** Outside in the colour of text, inside in that of the background: one of them stands out from any cell. */
function drawCursor(context: CanvasRenderingContext2D, { theme }: OverlayInput, rect: Rect, line: number): void {
  frame(context, rect, theme.foreground, line);
  const [x, y, width, height] = rect;
  if (Math.min(width, height) >= 8 * line) frame(context, [x + line, y + line, width - 2 * line, height - 2 * line], theme.background, line);
}

type Rect = readonly [x: number, y: number, width: number, height: number];

function cellRect(layout: MatrixLayout, row: number, column: number): Rect {
  return [layout.xs[column] ?? 0, layout.ys[row] ?? 0, (layout.widths[column] ?? 0) - layout.gap, (layout.heights[row] ?? 0) - layout.gap];
}

function rowRect(layout: MatrixLayout, row: number): Rect {
  const last = layout.xs.length - 1;
  const right = (layout.xs[last] ?? 0) + (layout.widths[last] ?? 0) - layout.gap;
  return [layout.originX, layout.ys[row] ?? 0, right - layout.originX, (layout.heights[row] ?? 0) - layout.gap];
}

function columnRect(layout: MatrixLayout, column: number): Rect {
  const last = layout.ys.length - 1;
  const bottom = (layout.ys[last] ?? 0) + (layout.heights[last] ?? 0) - layout.gap;
  return [layout.xs[column] ?? 0, layout.originY, (layout.widths[column] ?? 0) - layout.gap, bottom - layout.originY];
}

function frame(context: CanvasRenderingContext2D, [x, y, width, height]: Rect, colour: string, line: number): void {
  context.strokeStyle = colour;
  context.lineWidth = line;
  context.strokeRect(x - line / 2, y - line / 2, width + line, height + line);
}
