// The text on a map, wherever it is drawn: which numbers stand in cells, how long and large labels are. Lengths are those of the layout.

import { type ColourTable, gutterTable, luminanceOf, sequentialTable, type ThemeKind } from '../colour/palette';
import { isBeyond, levelOf, unitDomain } from '../colour/scale';
import { cellText } from '../words/numbers';
import { shortened } from '../words/tokenLabel';
import type { MatrixLayout } from './matrixLayout';
import type { MatrixModel } from './matrixModel';

/** Labels are cut to this many characters; the whole token stands in the readout and in the table. */
const longestLabel = 14;
/** Those of gutters are small and grey, and take no room from the cells. */
const longestGutterLabel = 7;
const largestLabel = 12;
const smallestLabel = 9;
const numberSize = 11;
const gutterPart = 0.85;

/** True for a cell of a special token's row or column. */
export function isGutterCell(model: Pick<MatrixModel, 'rows' | 'columns'>, row: number, column: number): boolean {
  return model.rows[row]?.isGutter === true || model.columns[column]?.isGutter === true;
}

/** What of a label is written beside a row or above a column. */
export function writtenLabel(label: string, isGutter: boolean): string {
  return shortened(label, isGutter ? longestGutterLabel : longestLabel);
}

/** Labels shrink with the cells, so that neighbours stay apart as long as they can be read. */
export function labelSizeOf({ pixelRatio, cell }: Pick<MatrixLayout, 'pixelRatio' | 'cell'>, isGutter = false): number {
  const size = Math.min(largestLabel * pixelRatio, Math.max(smallestLabel * pixelRatio, cell * 0.62));
  return isGutter ? size * gutterPart : size;
}

/** The table of colours of a cell, and its entry. */
export function colourOf(model: MatrixModel, kind: ThemeKind, at: number): { readonly table: ColourTable; readonly level: number } {
  const width = model.columns.length;
  const isGutter = isGutterCell(model, Math.floor(at / width), at % width);
  const table = isGutter ? gutterTable(kind) : sequentialTable(kind);
  return { table, level: levelOf(model.values[at] as number, isGutter ? unitDomain : model.domain) };
}

export interface WrittenNumber {
  readonly text: string;
  readonly size: number;
  /** Black on light cells, white on dark ones. */
  readonly colour: string;
}

export interface NumberInput {
  readonly model: MatrixModel;
  readonly kind: ThemeKind;
  readonly pixelRatio: number;
  /** Smallest number that is written into a content cell. */
  readonly numbersFrom: number;
  /** The same for gutters. */
  readonly gutterNumbersFrom: number;
}

/** Two decimals where they fit, ▲ where the colour says less than the number; undefined where nothing is written. */
export function numberIn(
  { model, kind, pixelRatio, numbersFrom, gutterNumbersFrom }: NumberInput,
  at: number,
  width: number,
  height: number,
): WrittenNumber | undefined {
  if (model.masked[at]) return undefined;
  const value = model.values[at] as number;
  const isGutter = isGutterCell(model, Math.floor(at / model.columns.length), at % model.columns.length);
  const size = numberSize * pixelRatio * (isGutter ? gutterPart : 1);
  const { table, level } = colourOf(model, kind, at);
  const colour = luminanceOf(table, level) > 0.18 ? '#000000' : '#ffffff';
  const mark = !isGutter && isBeyond(value, model.domain) ? '▲' : '';
  const isWritten = width >= 2.7 * size && height >= 1.25 * size && value >= (isGutter ? gutterNumbersFrom : numbersFrom);
  if (isWritten) return { text: `${cellText(value)}${mark}`, size, colour };
  return mark === '' ? undefined : { text: mark, size: Math.min(size, height), colour };
}
