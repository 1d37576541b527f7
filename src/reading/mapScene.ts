// A picture laid out for a certain room: which row and column shows a token, which token a row and column stand for. No page, no pixels.

import { cellAt, type LayoutInput, type MatrixLayout, matrixLayout, tileFor } from '../present/map/matrixLayout';
import { entryOf, largestIn, type MatrixInput, type MatrixModel, matrixModel } from '../present/map/matrixModel';
import type { Cell } from './cell';
import type { WeightPicture } from './picture';

export interface MapScene {
  readonly picture: WeightPicture;
  readonly input: MatrixInput;
  readonly model: MatrixModel;
  readonly layout: MatrixLayout;
}

export interface SceneOptions {
  readonly isUnitDomain: boolean;
  readonly specialTokens: MatrixInput['specialTokens'];
  readonly room: LayoutInput;
}

/** A row and a column of the model. */
export interface Entry {
  readonly row: number;
  readonly column: number;
}

/** Model and layout of a picture; tokens share rows and columns where the room has fewer device pixels than tokens. */
export function mapScene(picture: WeightPicture, { isUnitDomain, specialTokens, room }: SceneOptions): MapScene {
  const tile = tileFor(Math.max(picture.queries.length, picture.keys.length), room);
  const input: MatrixInput = { ...picture, specialTokens, isUnitDomain, tile };
  const model = matrixModel(input);
  return { picture, input, model, layout: matrixLayout(model, room) };
}

/** Where a cell is shown; null where its row or column is hidden. */
export function entryOfCell({ model }: MapScene, cell: Cell | null): Entry | null {
  if (!cell) return null;
  const at = { row: entryOf(model.rows, cell.query), column: entryOf(model.columns, cell.key) };
  return at.row < 0 || at.column < 0 ? null : at;
}

/** The cell of an entry; of a tile the one with its largest weight, or its first where all are masked. */
export function cellOfEntry({ model, input }: MapScene, at: Entry | undefined): Cell | null {
  const row = at && model.rows[at.row];
  const column = at && model.columns[at.column];
  if (!row || !column) return null;
  const { query, key } = largestIn(input, row, column) ?? { query: row.index, key: column.index };
  return { query, key };
}

/** The cell under a point of the canvas (device pixels); null beside the cells. */
export function cellUnder(scene: MapScene, x: number, y: number): Cell | null {
  return cellOfEntry(scene, cellAt(scene.layout, x, y));
}

/** The smallest number that is written into content cells; undefined where numbers do not fit. */
export function numbersFrom({ model, layout }: MapScene): number | undefined {
  if (layout.cell < 32 * layout.pixelRatio) return undefined;
  if (model.domain.max > 0.5) return 0.05;
  return model.domain.max > 0.1 ? 0.02 : 0.01;
}

/** The same of gutters: numbers of words come first, so that where those find no room a gutter has none either. */
export function gutterNumbersFrom(scene: MapScene): number | undefined {
  return numbersFrom(scene) === undefined ? undefined : 0.005;
}
