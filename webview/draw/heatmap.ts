// Paints a map from its view model and layout: cells, gaps, masked look, numbers, labels. The overlay (focus row, cursor, pointer) is painted apart,
// so that moving it never repaints the cells. All lengths are device pixels.

import { gutterTable, sequentialTable } from '../../src/present/colour/palette';
import { raster } from '../../src/present/colour/raster';
import { unitDomain } from '../../src/present/colour/scale';
import { isGutterCell } from '../../src/present/map/mapText';
import type { AxisEntry } from '../../src/present/map/matrixModel';
import { forEachCell, type HeatmapInput } from './heatmapInput';
import { drawLabels, drawNumbers } from './heatmapText';

/** Paints everything but the overlay. */
export function drawHeatmap(context: CanvasRenderingContext2D, input: HeatmapInput): void {
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  drawCells(context, input);
  drawMasked(context, input);
  if (input.theme.border) drawBorders(context, input);
  drawNumbers(context, input);
  drawLabels(context, input);
}

/** One pixel per cell, content in colour, gutters in grey, enlarged stretch by stretch; gaps are cut out of it. */
function drawCells(context: CanvasRenderingContext2D, { model, layout, theme }: HeatmapInput): void {
  const { rows, columns } = model;
  if (rows.length === 0 || columns.length === 0) return;
  const content = raster(model.values, { table: sequentialTable(theme.kind), domain: model.domain, masked: model.masked });
  const grey = raster(model.values, { table: gutterTable(theme.kind), domain: unitDomain, masked: model.masked });
  for (let at = 0; at < model.values.length; at++) {
    if (isGutterCell(model, Math.floor(at / columns.length), at % columns.length)) content.set(grey.subarray(at * 4, at * 4 + 4), at * 4);
  }
  const small = new OffscreenCanvas(columns.length, rows.length);
  small.getContext('2d')?.putImageData(new ImageData(content, columns.length, rows.length), 0, 0);
  context.imageSmoothingEnabled = false;
  for (const down of stretches(rows)) {
    for (const across of stretches(columns)) {
      const width = sum(layout.widths, across);
      const height = sum(layout.heights, down);
      context.drawImage(
        small,
        across.from,
        down.from,
        across.count,
        down.count,
        layout.xs[across.from] as number,
        layout.ys[down.from] as number,
        width,
        height,
      );
    }
  }
  if (layout.gap === 0) return;
  layout.xs.forEach((x, c) => {
    context.clearRect(x + (layout.widths[c] as number) - layout.gap, 0, layout.gap, layout.height);
  });
  layout.ys.forEach((y, r) => {
    context.clearRect(0, y + (layout.heights[r] as number) - layout.gap, layout.width, layout.gap);
  });
}

interface Stretch {
  readonly from: number;
  readonly count: number;
}

function stretches(axis: readonly AxisEntry[]): Stretch[] {
  const found: Stretch[] = [];
  axis.forEach((entry, i) => {
    const last = found[found.length - 1];
    if (last && axis[i - 1]?.isGutter === entry.isGutter) found[found.length - 1] = { from: last.from, count: last.count + 1 };
    else found.push({ from: i, count: 1 });
  });
  return found;
}

function sum(lengths: readonly number[], { from, count }: Stretch): number {
  return lengths.slice(from, from + count).reduce((total, length) => total + length, 0);
}

function drawMasked(context: CanvasRenderingContext2D, input: HeatmapInput): void {
  if (input.model.maskedCount === 0) return;
  const step = Math.max(4, Math.round(6 * input.layout.pixelRatio));
  const tile = new OffscreenCanvas(step, step);
  const pen = tile.getContext('2d') as OffscreenCanvasRenderingContext2D;
  pen.strokeStyle = input.theme.muted;
  pen.globalAlpha = input.theme.isHighContrast ? 0.8 : 0.3;
  pen.lineWidth = Math.max(1, input.layout.pixelRatio * 0.75);
  for (const shift of [-step, 0, step]) {
    pen.moveTo(shift, step);
    pen.lineTo(shift + step, 0);
  }
  pen.stroke();
  context.fillStyle = context.createPattern(tile, 'repeat') as CanvasPattern;
  forEachCell(input, (at, x, y, width, height) => {
    if (input.model.masked[at]) context.fillRect(x, y, width, height);
  });
}

function drawBorders(context: CanvasRenderingContext2D, input: HeatmapInput): void {
  const { layout } = input;
  const right = (layout.xs[layout.xs.length - 1] ?? 0) + (layout.widths[layout.widths.length - 1] ?? 0);
  const bottom = (layout.ys[layout.ys.length - 1] ?? 0) + (layout.heights[layout.heights.length - 1] ?? 0);
  context.strokeStyle = input.theme.border as string;
  context.lineWidth = layout.pixelRatio;
  const half = layout.pixelRatio / 2;
  context.strokeRect(layout.originX - half - 1, layout.originY - half - 1, right - layout.originX + 2 * half + 1, bottom - layout.originY + 2 * half + 1);
}
