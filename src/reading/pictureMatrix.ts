// What a picture shows as a matrix to copy: all tokens, in their order, however special tokens are drawn.

import type { LabelledMatrix } from '../present/export/labelledMatrix';
import { viewName } from '../present/heads/headWords';
import { isMaskedCell } from '../present/map/matrixModel';
import type { WeightPicture } from './picture';

/** The weights of the head, or of the mean of heads, with the tokens as labels. */
export function pictureMatrix(picture: WeightPicture, modelLabel: string): LabelledMatrix {
  return {
    title: `Attention weights of ${viewName(picture.run, picture.view)} (${modelLabel}), each row reads from the columns: ${picture.run.text}`,
    rows: picture.queryLabels,
    columns: picture.keyLabels,
    values: picture.weights,
    isMasked: (row, column) => isMaskedCell(picture, row, column),
  };
}
