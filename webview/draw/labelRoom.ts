// How much room a map's labels take: as much as the longest of them in the theme's font.

import type { LayoutInput } from '../../src/present/matrixLayout';
import { shortened } from '../../src/present/tokenLabel';
import type { Picture } from '../picture';
import type { Theme } from '../theme';
import { longestLabel } from './heatmapText';

/** The room of a map in `availableWidth` CSS pixels. */
export function labelRoom(picture: Picture, theme: Theme, availableWidth: number): LayoutInput {
  const pen = new OffscreenCanvas(1, 1).getContext('2d') as OffscreenCanvasRenderingContext2D;
  pen.font = `bold 12px ${theme.monospace}`;
  const widest = (labels: readonly string[]) => Math.max(...labels.map((label) => pen.measureText(shortened(label, longestLabel)).width));
  const column = Math.ceil(widest(picture.keyLabels) * Math.SQRT1_2);
  return {
    pixelRatio: window.devicePixelRatio || 1,
    availableWidth,
    rowLabelWidth: Math.ceil(widest(picture.queryLabels)) + 10,
    columnLabelHeight: column + 16,
    rightMargin: Math.max(8, column - 4),
  };
}
