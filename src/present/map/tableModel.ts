// The equal of the picture: the same cells as rows and columns of text, six decimals. Long texts are cut into pages, and the page says so.

import { exactText } from '../words/numbers';

export interface TableCell {
  readonly key: number;
  /** Six decimals, also of a masked cell (what the model has there). */
  readonly text: string;
  readonly isMasked: boolean;
}

export interface TableRow {
  readonly query: number;
  readonly cells: readonly TableCell[];
}

export interface TableInput {
  readonly weights: Float32Array;
  readonly queryCount: number;
  readonly keyCount: number;
  readonly isMasked: (query: number, key: number) => boolean;
  /** First row and column of the page. */
  readonly fromQuery: number;
  readonly fromKey: number;
}

export interface TableModel {
  /** First row and column of the page: where it begins, whatever was asked for. */
  readonly from: { readonly query: number; readonly key: number };
  readonly keys: readonly number[];
  readonly rows: readonly TableRow[];
  /** `rows 0–63 of 512, columns 0–63 of 512`; undefined where everything is on the page. */
  readonly pageText: string | undefined;
}

/** Rows and columns of one page. */
export const pageSize = 64;

/** The page that holds row `fromQuery` and column `fromKey`. */
export function tableModel(input: TableInput): TableModel {
  const queries = pageOf(input.fromQuery, input.queryCount);
  const keys = pageOf(input.fromKey, input.keyCount);
  const rows = queries.map((query) => ({
    query,
    cells: keys.map((key) => ({ key, text: exactText(input.weights[query * input.keyCount + key] as number), isMasked: input.isMasked(query, key) })),
  }));
  const isWhole = queries.length === input.queryCount && keys.length === input.keyCount;
  const range = (page: readonly number[], count: number) => `${page[0] ?? 0}–${page[page.length - 1] ?? 0} of ${count}`;
  const from = { query: queries[0] ?? 0, key: keys[0] ?? 0 };
  return { from, keys, rows, pageText: isWhole ? undefined : `rows ${range(queries, input.queryCount)}, columns ${range(keys, input.keyCount)}` };
}

function pageOf(from: number, count: number): number[] {
  const start = Math.floor(Math.min(Math.max(0, from), Math.max(0, count - 1)) / pageSize) * pageSize;
  return Array.from({ length: Math.min(pageSize, count - start) }, (_, i) => start + i);
}
