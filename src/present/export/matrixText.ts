// A matrix as text for a spreadsheet, a document or a program. A label that would break the form is written so that it does not.

import { floatText, type LabelledMatrix } from './labelledMatrix';

export type TextForm = 'tsv' | 'markdown' | 'numpy';

const writers: Readonly<Record<TextForm, (matrix: LabelledMatrix) => string>> = { tsv: tsvOf, markdown: markdownOf, numpy: numpyOf };

/** The whole matrix. */
export function matrixText(form: TextForm, matrix: LabelledMatrix): string {
  return writers[form](matrix);
}

/** `\n`, `\t`, `\u0085`: as JSON and Python write a control character. */
function spelled(character: string): string {
  const json = JSON.stringify(character).slice(1, -1);
  return json.length > 1 ? json : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Control characters, also those that turn the direction of writing, and line separators. */
const unseen = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** What would not be seen spelled out: a label is one cell of one line, and turns nothing beside it around. */
function oneLine(label: string): string {
  return label.replace(unseen, spelled);
}

function rowsOf({ rows, columns, values }: LabelledMatrix): { label: string; numbers: string[] }[] {
  return rows.map((label, row) => ({ label, numbers: columns.map((_, column) => floatText(values[row * columns.length + column] as number)) }));
}

/** First line the columns' labels behind an empty corner; tokens that repeat stand as often as they do. */
function tsvOf(matrix: LabelledMatrix): string {
  const lines = rowsOf(matrix).map(({ label, numbers }) => [oneLine(label), ...numbers].join('\t'));
  return `${[['', ...matrix.columns.map(oneLine)].join('\t'), ...lines].join('\n')}\n`;
}

function markdownOf(matrix: LabelledMatrix): string {
  // A pipe or a backslash would end the cell or change the next character; what looks like markup is none.
  const cell = (label: string) => oneLine(label).replace(/[\\|`*_<>[\]]/g, '\\$&');
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const head = [line(['', ...matrix.columns.map(cell)]), line(['---', ...matrix.columns.map(() => '---:')])];
  return `${[...head, ...rowsOf(matrix).map(({ label, numbers }) => line([cell(label), ...numbers]))].join('\n')}\n`;
}

/** Python: labels as lists, the numbers as a float32 array, and where cells are masked a table of that. */
function numpyOf(matrix: LabelledMatrix): string {
  const list = (labels: readonly string[]) => `[${labels.map(pythonString).join(', ')}]`;
  const lines = rowsOf(matrix).map(({ numbers }) => `    [${numbers.map(pythonNumber).join(', ')}],`);
  const masked = matrix.rows.map((_, row) => matrix.columns.map((__, column) => matrix.isMasked(row, column)));
  const mask = masked.some((row) => row.includes(true))
    ? ['masked = np.array([', ...masked.map((row) => `    [${row.map((one) => (one ? 'True' : 'False')).join(', ')}],`), '])']
    : [];
  return `${[
    `# ${oneLine(matrix.title)}`,
    'import numpy as np',
    `rows = ${list(matrix.rows)}`,
    `columns = ${list(matrix.columns)}`,
    'weights = np.array([',
    ...lines,
    '], dtype=np.float32)',
    ...mask,
  ].join('\n')}\n`;
}

/** `-0` alone would be an integer, which has no sign. */
function pythonNumber(text: string): string {
  return text === '-0' ? '-0.0' : text.replace('nan', 'np.nan').replace('inf', 'np.inf');
}

/** A JSON string is a Python one; what would not be seen in it is spelled out. */
function pythonString(label: string): string {
  return JSON.stringify(label).replace(unseen, spelled);
}
