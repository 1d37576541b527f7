// Which row of a table of positions belongs to the first token. Families that keep rows for padding begin after them; no run can tell,
// because every start gives numbers: the configuration or the table itself has to say.

import type { InputFill, TableUse } from '../../onnx/facts/inputs';

/** Families whose positions count from padding index + 1 (transformers: create_position_ids_from_input_ids). */
const afterPadding = new Set([
  'camembert',
  'data2vec-text',
  'esm',
  'ibert',
  'layoutlmv3',
  'lilt',
  'longformer',
  'luke',
  'mpnet',
  'roberta',
  'roberta-prelayernorm',
  'xlm-roberta',
  'xlm-roberta-xl',
  'xmod',
]);

/** Families whose table has rows in front that no token uses, by their number. */
const rowsInFront: Readonly<Record<string, number>> = { opt: 2, biogpt: 2, nystromformer: 2, bart: 2, mbart: 2 };

const lengthKeys = ['max_position_embeddings', 'n_positions', 'n_ctx', 'max_seq_len', 'max_sequence_length'];

export interface PositionHints {
  readonly config: Readonly<Record<string, unknown>>;
  /** Rows among the first of a table that hold only zeros: rows of padding are never trained. */
  readonly emptyRows: (table: string) => readonly number[];
  /** The table of positions that are added to the token rows, where the graph has one. */
  readonly ownTable?: string;
}

export interface FirstPosition {
  readonly row: number;
  readonly evidence: InputFill['evidence'];
  readonly why: string;
}

const numberIn = (config: PositionHints['config'], key: string) => {
  const value = config[key];
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
};

/** The row of the first token. `assumed` where neither configuration nor table tells. */
export function firstPosition({ table, rows, shift }: TableUse, { config, emptyRows }: PositionHints): FirstPosition {
  const family = typeof config.model_type === 'string' ? config.model_type : '';
  const padding = numberIn(config, 'pad_token_id');
  if (afterPadding.has(family) && padding !== undefined) return { row: padding + 1, evidence: 'configured', why: 'padding index + 1' };
  const inFront = rowsInFront[family];
  if (inFront !== undefined) return { row: inFront, evidence: 'configured', why: `model type ${family}` };
  if (shift > 0) return { row: shift, evidence: 'graph', why: `the graph adds ${shift} itself` };
  const [empty, more] = emptyRows(table);
  if (empty !== undefined && more === undefined) return { row: empty + 1, evidence: 'graph', why: `row ${empty} of the table is empty, as that of padding is` };
  const declared = lengthKeys.map((key) => numberIn(config, key)).find((value) => value !== undefined);
  const extra = rows === undefined || declared === undefined ? undefined : rows - declared;
  if (extra !== undefined && extra > 0 && extra <= 8) return { row: extra, evidence: 'configured', why: `the table has ${extra} rows more than positions` };
  if (extra === 0) return { row: 0, evidence: 'configured', why: 'the table has a row for each position' };
  return { row: 0, evidence: 'assumed', why: 'nothing says otherwise' };
}
