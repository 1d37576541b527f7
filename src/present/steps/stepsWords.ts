// The Steps view in words: what happens in each step, one line each, and what is said of the row under the cursor.

import type { StageColumn } from './stageColumns';
import type { StepsModel, StepsRow } from './stepsModel';

/** One step of the way; `part` is what of the formula it lights. */
export interface StepWords {
  readonly label: string;
  readonly about: string;
  readonly part: 'product' | 'scale' | 'softmax' | 'values' | 'none';
}

/** Three decimals, a sign that is no hyphen; what no number is, as such. */
export function stepText(value: number | undefined, digits = 3): string {
  if (value === undefined) return '–';
  if (Number.isNaN(value)) return 'NaN';
  if (Math.abs(value) > 1e6) return value < 0 ? '−∞' : '∞';
  return value.toFixed(digits).replace('-', '−');
}

const stageWords: Readonly<Record<StageColumn['op'], (column: StageColumn) => string>> = {
  scale: ({ label }) => `${label}: the model's own scale, which keeps sums of many products in the range where softmax can still choose.`,
  softcap: ({ label }) => `${label}: bent by cap · tanh(x ÷ cap), so that no score goes beyond it.`,
  bias: () => 'What the model adds for the places of the two tokens.',
  mask: () => 'What may not be read gets a number so low that its weight becomes 0.',
  added: () => 'A term that the model adds; what it is for, the graph does not say.',
};

/** The steps of this model, in its own order. */
export function stepList(model: StepsModel, query: string, size: number): StepWords[] {
  const { columns, rowMax, sumExp, sink, rows } = model;
  const hasProduct = rows[0]?.qk !== undefined;
  const product: StepWords = {
    label: 'q·k',
    about: `The query of “${query}” times the key of each token: ${size > 0 ? `${size} products, added up` : 'products, added up'}.`,
    part: 'product',
  };
  const learned = sink ? ` A learned logit of ${stepText(sink.logit)} takes ${stepText(sink.weight)} of it and brings nothing.` : '';
  const softmax: StepWords = {
    label: 'softmax',
    about:
      rowMax === undefined
        ? 'weight = exp(score − max) ÷ Σ; here every key is masked, or the scores cannot be had.'
        : `weight = exp(score − max) ÷ Σ, with max ${stepText(rowMax)} and Σ exp(score − max) ${stepText(sumExp, 4)}.${learned}`,
    part: 'softmax',
  };
  const sum: StepWords = { label: '× v, added up', about: 'newValue += weight × v, row by row; what it ends in is z.', part: 'values' };
  const stages = columns.map(
    (column): StepWords => ({ label: column.label, about: stageWords[column.op](column), part: column.op === 'scale' ? 'scale' : 'none' }),
  );
  return [...(hasProduct ? [product, ...stages] : []), softmax, ...(rows[0]?.value ? [sum] : [])];
}

/** What comes after z, which other views show. */
export const stepsAfter = '→ z → joined with the other heads → W_O → + residual → norm → feed-forward';

/** `q·k 28.652 → ÷ √32 5.065 → weight 0.8425 → adds 4.915 of length` */
export function rowWords(model: StepsModel, row: StepsRow): string {
  if (row.isMasked) return 'masked: its weight is 0 and it brings nothing';
  const stages = model.columns.map(({ label }, i) => `${label} → ${stepText(row.stages[i])}`);
  const brings =
    row.valueNorm === undefined ? [] : [`brings ${stepText((row.mixed ?? row.weight) * row.valueNorm)} of a value ${stepText(row.valueNorm)} long`];
  return [...(row.qk === undefined ? [] : [`q·k ${stepText(row.qk)}`, ...stages]), `weight ${stepText(row.weight, 4)}`, ...brings].join(' · ');
}

/** The table as text, columns parted by tabs: every row in its order, all digits that float32 holds. */
export function stepsTsv(model: StepsModel, keyLabels: readonly string[]): string {
  const titles = [
    'key',
    ...(model.rows[0]?.qk === undefined ? [] : ['q·k', ...model.columns.map(({ label }) => label)]),
    'score',
    'weight',
    '‖v‖',
    '‖v·W_O‖',
    '‖sum‖',
  ];
  const cell = (value: number | undefined) =>
    value === undefined ? '' : Number.isFinite(value) ? String(Number(value.toPrecision(9))) : value < 0 ? '-inf' : 'inf';
  const lines = model.rows.map((row) => [
    keyLabels[row.key] ?? '',
    ...(row.qk === undefined ? [] : [row.qk, ...row.stages].map(cell)),
    ...[row.score, row.weight, row.valueNorm, row.outNorm, row.sumNorm].map(cell),
  ]);
  return [titles, ...lines].map((line) => line.join('\t')).join('\n');
}
