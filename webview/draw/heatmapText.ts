// The text on a map: numbers in cells, labels of rows and columns. Cell numbers follow the cell's luminance, not the theme.

import { labelSizeOf, numberIn, writtenLabel } from '../../src/present/map/mapText';
import { labelledEntries } from '../../src/present/map/matrixLayout';
import type { Theme } from '../theme';
import { forEachCell, type HeatmapInput } from './heatmapInput';

/** Numbers of two decimals where they fit, ▲ where the colour says less than the number. */
export function drawNumbers(context: CanvasRenderingContext2D, input: HeatmapInput): void {
  const { model, layout, theme, numbersFrom, gutterNumbersFrom } = input;
  const numbers = { model, kind: theme.kind, pixelRatio: layout.pixelRatio, numbersFrom, gutterNumbersFrom };
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  forEachCell(input, (at, x, y, width, height) => {
    const written = numberIn(numbers, at, width, height);
    if (!written) return;
    context.fillStyle = written.colour;
    drawText(context, written.text, x + width / 2, y + height / 2 + 0.5, written.size, theme);
  });
}

function drawText(context: CanvasRenderingContext2D, text: string, x: number, y: number, size: number, theme: Theme): void {
  context.font = `${size}px ${theme.monospace}`;
  context.fillText(text, x, y);
}

/** Labels of rows and columns, thinned so that neighbours do not touch. */
export function drawLabels(context: CanvasRenderingContext2D, input: HeatmapInput): void {
  const { model, layout } = input;
  const spacing = labelSizeOf(layout) * 1.1;
  for (const r of labelledEntries(model.rows, layout.heights, spacing, [input.markedRow])) drawRowLabel(context, input, r, r === input.markedRow);
  for (const c of labelledEntries(model.columns, layout.widths, spacing * Math.SQRT2, [input.markedColumn]))
    drawColumnLabel(context, input, c, c === input.markedColumn);
}

function setLabelPen(context: CanvasRenderingContext2D, { theme, layout }: HeatmapInput, isGutter: boolean, isMarked: boolean): void {
  context.font = `${isMarked ? 'bold ' : ''}${labelSizeOf(layout, isGutter)}px ${theme.monospace}`;
  context.fillStyle = isGutter ? theme.muted : theme.foreground;
}

/** Right of the row's label stands the row. */
function drawRowLabel(context: CanvasRenderingContext2D, input: HeatmapInput, row: number, isMarked: boolean): void {
  const entry = input.model.rows[row];
  if (!entry) return;
  setLabelPen(context, input, entry.isGutter, isMarked);
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  const y = (input.layout.ys[row] as number) + ((input.layout.heights[row] as number) - input.layout.gap) / 2;
  context.fillText(writtenLabel(input.queryLabels[entry.index] ?? '', entry.isGutter), input.layout.originX - 8 * input.layout.pixelRatio, y);
}

/** Rotated by 45°, leaning to the right, above its column. */
function drawColumnLabel(context: CanvasRenderingContext2D, input: HeatmapInput, column: number, isMarked: boolean): void {
  const entry = input.model.columns[column];
  if (!entry) return;
  const { layout } = input;
  setLabelPen(context, input, entry.isGutter, isMarked);
  context.save();
  context.translate((layout.xs[column] as number) + ((layout.widths[column] as number) - layout.gap) / 2, layout.originY - 7 * layout.pixelRatio);
  context.rotate(-Math.PI / 4);
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.fillText(writtenLabel(input.keyLabels[entry.index] ?? '', entry.isGutter), 0, 0);
  context.restore();
}
