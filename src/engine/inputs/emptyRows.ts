// Rows at the head of a table of weights that hold only zeros: those of padding, which training never moves.

import { graphOf } from '../../onnx/graph/graphOf';
import { constantFloats } from '../../onnx/weights/readMatrix';
import type { PartContent } from '../session/partContent';

/** Rows that may stand for padding. */
const headRows = 8;

/** Indices of empty rows among the first; none where the table cannot be read. */
export function emptyRows({ model, external }: PartContent, table: string): number[] {
  const found = constantFloats(graphOf(model), table, (location) => external.get(location));
  const width = found?.dims.at(-1) ?? 0;
  if (!found || width === 0) return [];
  return Array.from({ length: Math.min(headRows, found.data.length / width) }, (_, row) => row).filter((row) =>
    found.data.subarray(row * width, (row + 1) * width).every((value) => value === 0),
  );
}
