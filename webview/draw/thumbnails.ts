// Paints the overview: every head's thumbnail on one canvas behind the buttons. A head without a picture is crossed out, never left looking like zeros.

import { sequentialTable } from '../../src/present/colour/palette';
import { raster } from '../../src/present/colour/raster';
import type { HeadGridModel } from '../../src/present/heads/headGridModel';
import type { Theme } from '../theme';

/** A head's picture, or null where it has none, and its line and column. */
export interface Thumbnail {
  readonly levels: Uint8Array | null;
  readonly row: number;
  readonly column: number;
}

export interface ThumbnailsInput {
  readonly model: Pick<HeadGridModel, 'rows' | 'columns' | 'domain'>;
  readonly thumbnails: readonly Thumbnail[];
  readonly theme: Theme;
  /** Side of a thumbnail and distance from one to the next, in device pixels; the distance need not be whole. */
  readonly side: number;
  readonly pitch: number;
}

/** Paints each thumbnail at (column · pitch, row · pitch). */
export function drawThumbnails(context: CanvasRenderingContext2D, input: ThumbnailsInput): void {
  const { model, theme, side, pitch } = input;
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  const table = sequentialTable(theme.kind);
  context.imageSmoothingEnabled = false;
  const small = new OffscreenCanvas(Math.max(1, model.columns), Math.max(1, model.rows));
  const pen = small.getContext('2d') as OffscreenCanvasRenderingContext2D;
  for (const { levels, row, column } of input.thumbnails) {
    const [x, y] = [Math.round(column * pitch), Math.round(row * pitch)];
    if (levels) {
      pen.putImageData(new ImageData(raster(levels, { table, domain: { min: 0, max: 255 } }), model.columns, model.rows), 0, 0);
      context.drawImage(small, x, y, side, side);
    } else drawAbsent(context, x, y, side, theme, model.domain !== null);
    if (theme.border) {
      context.strokeStyle = theme.border;
      context.lineWidth = 1;
      context.strokeRect(x + 0.5, y + 0.5, side - 1, side - 1);
    }
  }
}

function drawAbsent(context: CanvasRenderingContext2D, x: number, y: number, side: number, theme: Theme, isKnown: boolean): void {
  context.strokeStyle = theme.muted;
  context.lineWidth = 1;
  context.globalAlpha = 0.5;
  context.strokeRect(x + 0.5, y + 0.5, side - 1, side - 1);
  if (isKnown) {
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(x + side, y + side);
    context.moveTo(x + side, y);
    context.lineTo(x, y + side);
    context.stroke();
  }
  context.globalAlpha = 1;
}
