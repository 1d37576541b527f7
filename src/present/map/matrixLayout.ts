// Where the cells of a map stand on its canvas, in whole device pixels, so that every cell is filled exactly. Draws nothing.

import type { AxisEntry, MatrixModel } from './matrixModel';

export interface LayoutInput {
  /** Device pixels per CSS pixel. */
  readonly pixelRatio: number;
  /** Room for the whole canvas, in CSS pixels. */
  readonly availableWidth: number;
  /** Height that is seen at once, in CSS pixels: cells become flatter to fit into it, as far as their numbers can be read; undefined: any. */
  readonly availableHeight?: number;
  /** Room for labels, in CSS pixels: left of the cells, above them, and right of them (rotated labels lean over). */
  readonly rowLabelWidth: number;
  readonly columnLabelHeight: number;
  readonly rightMargin: number;
}

/** All lengths in device pixels. Cell (r, c) fills [xs[c], xs[c] + widths[c] − gap) × [ys[r], ys[r] + heights[r] − gap). */
export interface MatrixLayout {
  readonly pixelRatio: number;
  /** Width of a content cell, and its height: as wide, or flatter. */
  readonly cell: number;
  readonly cellHeight: number;
  readonly gutterWidth: number;
  readonly gutterHeight: number;
  readonly gap: number;
  readonly originX: number;
  readonly originY: number;
  readonly xs: readonly number[];
  readonly ys: readonly number[];
  readonly widths: readonly number[];
  readonly heights: readonly number[];
  readonly width: number;
  readonly height: number;
}

const largestCell = 48;
/** A row is not made flatter than this for the height's sake: numbers and labels still fit. */
const flattestCell = 22;
const gutterWidthInCss = 30;
const gutterHeightInCss = 18;
/** Gutters are this much narrower than content cells, as far as that leaves them visible. */
const gutterPart = 0.65;

/** How many tokens must share a row or column so that `count` of them fit into `availableWidth` at one device pixel each. */
export function tileFor(count: number, input: LayoutInput): number {
  return Math.max(1, Math.ceil(count / Math.max(1, roomOf(input))));
}

function roomOf(input: LayoutInput): number {
  return Math.floor((input.availableWidth - input.rowLabelWidth - input.rightMargin) * input.pixelRatio);
}

/** Content cells as large as fit (at most 48 CSS pixels), square or flatter, gutters narrower than that. */
export function matrixLayout(model: Pick<MatrixModel, 'rows' | 'columns'>, input: LayoutInput): MatrixLayout {
  const { pixelRatio } = input;
  const px = (length: number) => Math.round(length * pixelRatio);
  const gutters = model.columns.filter((column) => column.isGutter).length;
  const contents = Math.max(1, model.columns.length - gutters);
  const withGutters = Math.floor((roomOf(input) - gutters * px(gutterWidthInCss)) / contents);
  const cell = Math.max(1, Math.min(px(largestCell), withGutters >= px(12) ? withGutters : Math.floor((roomOf(input) - gutters * px(6)) / contents)));
  const narrow = (widest: number) => Math.max(px(6), Math.min(px(widest), Math.ceil(cell * gutterPart)));
  const gutterWidth = narrow(gutterWidthInCss);
  const gutterHeight = narrow(gutterHeightInCss);
  const cellHeight = heightOf(model, input, cell, gutterHeight);
  const gap = cell >= px(8) ? Math.max(1, px(1)) : 0;
  const widths = model.columns.map((column) => (column.isGutter ? gutterWidth : cell));
  const heights = model.rows.map((row) => (row.isGutter ? gutterHeight : cellHeight));
  const originX = px(input.rowLabelWidth);
  const originY = px(input.columnLabelHeight);
  const [xs, right] = running(widths, originX);
  const [ys, bottom] = running(heights, originY);
  return {
    pixelRatio,
    cell,
    cellHeight,
    gutterWidth,
    gutterHeight,
    gap,
    originX,
    originY,
    xs,
    ys,
    widths,
    heights,
    width: right + px(input.rightMargin),
    height: bottom + px(2),
  };
}

/** As high as wide, or as flat as the height asks. */
function heightOf(
  { rows }: Pick<MatrixModel, 'rows'>,
  { pixelRatio, availableHeight, columnLabelHeight }: LayoutInput,
  cell: number,
  gutterHeight: number,
): number {
  const flattest = Math.round(flattestCell * pixelRatio);
  if (availableHeight === undefined || cell <= flattest) return cell;
  const gutters = rows.filter((row) => row.isGutter).length;
  const room = (availableHeight - columnLabelHeight - 2) * pixelRatio - gutters * gutterHeight;
  return Math.max(flattest, Math.min(cell, Math.floor(room / Math.max(1, rows.length - gutters))));
}

function running(lengths: readonly number[], origin: number): [number[], number] {
  let at = origin;
  const starts = lengths.map((length) => {
    at += length;
    return at - length;
  });
  return [starts, at];
}

/** Row and column under a point (device pixels), or undefined beside the cells. */
export function cellAt(layout: MatrixLayout, x: number, y: number): { row: number; column: number } | undefined {
  const column = indexAt(layout.xs, layout.widths, x);
  const row = indexAt(layout.ys, layout.heights, y);
  return row < 0 || column < 0 ? undefined : { row, column };
}

function indexAt(starts: readonly number[], lengths: readonly number[], at: number): number {
  return starts.findIndex((start, i) => at >= start && at < start + (lengths[i] as number));
}

/** Which entries get a label, so that labels stand at least `spacing` device pixels apart; entries in `always` come first, gutters last. */
export function labelledEntries(axis: readonly AxisEntry[], lengths: readonly number[], spacing: number, always: readonly number[]): number[] {
  const centres = running(lengths, 0)[0].map((start, i) => start + (lengths[i] as number) / 2);
  const chosen: number[] = always.filter((entry) => entry >= 0);
  const order = [...axis.keys()].sort((a, b) => Number(axis[a]?.isGutter) - Number(axis[b]?.isGutter) || a - b);
  for (const entry of order) {
    const isFree = chosen.every((other) => other !== entry && Math.abs((centres[other] as number) - (centres[entry] as number)) >= spacing);
    if (isFree) chosen.push(entry);
  }
  return chosen;
}
