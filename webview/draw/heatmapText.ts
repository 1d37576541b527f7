// The text on a map: numbers in cells, labels of rows and columns. Cell numbers follow the cell's luminance, not the theme.

import { gutterTable, luminanceOf, sequentialTable } from '../../src/present/colour/palette';
import { isBeyond, levelOf, unitDomain } from '../../src/present/colour/scale';
import { labelledEntries, type MatrixLayout } from '../../src/present/map/matrixLayout';
import { cellText } from '../../src/present/words/numbers';
import { shortened } from '../../src/present/words/tokenLabel';
import type { Theme } from '../theme';
import { forEachCell, type HeatmapInput } from './heatmapInput';

/** Labels are cut to this many characters; the whole token stands in the readout and in the table. */
const longestLabel = 14;
/** Those of gutters are small and grey, and take no room from the cells. */
const longestGutterLabel = 7;
const largestLabel = 12;
const smallestLabel = 9;
const numberSize = 11;

/** Numbers of two decimals where they fit, ▲ where the colour says less than the number. */
export function drawNumbers(context: CanvasRenderingContext2D, input: HeatmapInput): void {
  const { model, layout, theme } = input;
  const content = sequentialTable(theme.kind);
  const grey = gutterTable(theme.kind);
  const size = numberSize * layout.pixelRatio;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  forEachCell(input, (at, x, y, width, height, isGutter) => {
    const value = model.values[at] as number;
    const fontSize = isGutter ? size * 0.85 : size;
    const isBig = width >= 2.7 * fontSize && height >= 1.25 * fontSize;
    const isClipped = !isGutter && !model.masked[at] && isBeyond(value, model.domain);
    if (!isBig || model.masked[at] || value < (isGutter ? input.gutterNumbersFrom : input.numbersFrom)) {
      if (isClipped) drawText(context, '▲', x + width / 2, y + height / 2, Math.min(size, height), theme);
      return;
    }
    const table = isGutter ? grey : content;
    const level = levelOf(value, isGutter ? unitDomain : model.domain);
    context.fillStyle = luminanceOf(table, level) > 0.18 ? '#000000' : '#ffffff';
    drawText(context, `${cellText(value)}${isClipped ? '▲' : ''}`, x + width / 2, y + height / 2 + 0.5, fontSize, theme);
  });
}

function drawText(context: CanvasRenderingContext2D, text: string, x: number, y: number, size: number, theme: Theme): void {
  context.font = `${size}px ${theme.monospace}`;
  context.fillText(text, x, y);
}

/** What of a label is written beside a row or above a column. */
export function writtenLabel(label: string, isGutter: boolean): string {
  return shortened(label, isGutter ? longestGutterLabel : longestLabel);
}

/** Labels of rows and columns, thinned so that neighbours do not touch. */
export function drawLabels(context: CanvasRenderingContext2D, input: HeatmapInput): void {
  const { model, layout } = input;
  const spacing = labelSizeOf(layout) * 1.1;
  for (const r of labelledEntries(model.rows, layout.heights, spacing, [input.markedRow])) drawRowLabel(context, input, r, r === input.markedRow);
  for (const c of labelledEntries(model.columns, layout.widths, spacing * Math.SQRT2, [input.markedColumn]))
    drawColumnLabel(context, input, c, c === input.markedColumn);
}

/** Labels shrink with the cells, so that neighbours stay apart as long as they can be read. */
function labelSizeOf(layout: MatrixLayout): number {
  return Math.min(largestLabel * layout.pixelRatio, Math.max(smallestLabel * layout.pixelRatio, layout.cell * 0.62));
}

function setLabelPen(context: CanvasRenderingContext2D, { theme, layout }: HeatmapInput, isGutter: boolean, isMarked: boolean): void {
  context.font = `${isMarked ? 'bold ' : ''}${labelSizeOf(layout) * (isGutter ? 0.85 : 1)}px ${theme.monospace}`;
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
