// How much room a map's labels take: as much as the longest of them in the theme's font.

import type { Token } from '../../src/core/token';
import { writtenLabel } from '../../src/present/map/mapText';
import type { LayoutInput } from '../../src/present/map/matrixLayout';
import type { WeightPicture } from '../../src/reading/picture';
import type { Theme } from '../theme';

/** No column is taken to be wider than this, in CSS pixels, when the room right of the last one is reckoned. */
const narrowColumn = 12;

/** The room of a map in so many CSS pixels; gutters stand where special tokens are drawn apart. */
export function labelRoom(
  picture: WeightPicture,
  theme: Theme,
  available: Pick<LayoutInput, 'availableWidth' | 'availableHeight'>,
  hasGutters: boolean,
): LayoutInput {
  const pen = new OffscreenCanvas(1, 1).getContext('2d') as OffscreenCanvasRenderingContext2D;
  pen.font = `bold 12px ${theme.monospace}`;
  const widths = (labels: readonly string[], tokens: readonly Token[]) =>
    labels.map((label, i) => pen.measureText(writtenLabel(label, hasGutters && tokens[i]?.isSpecial === true)).width);
  // Column labels are rotated by 45°: what they rise they also lean over.
  const leans = widths(picture.keyLabels, picture.keys).map((width) => width * Math.SQRT1_2);
  const overhang = Math.max(...leans.map((lean, i) => lean - (leans.length - 1 - i) * narrowColumn));
  return {
    pixelRatio: window.devicePixelRatio || 1,
    ...available,
    rowLabelWidth: Math.ceil(Math.max(...widths(picture.queryLabels, picture.queries))) + 10,
    columnLabelHeight: Math.ceil(Math.max(...leans)) + 16,
    rightMargin: Math.max(8, Math.ceil(overhang) - 4),
  };
}
