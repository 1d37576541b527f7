// The answer of `steps`, for a person and as JSON. Pure.

import { printable } from '../../core/problem';
import type { RunSite, RunSummary } from '../../core/run';
import type { StepsNumbers } from '../../core/steps';
import { viewName } from '../../present/heads/headWords';
import type { StageColumn } from '../../present/steps/stageColumns';
import { type StepsModel, type StepsRow, stepsModel } from '../../present/steps/stepsModel';
import { stepText } from '../../present/steps/stepsWords';
import { deviationText } from '../../present/words/numbers';
import { runNotes } from './runNotes';
import { siteTokens } from './siteTokens';

export interface ShownSteps {
  readonly run: RunSummary;
  readonly site: RunSite;
  readonly head: number;
  readonly query: number;
  readonly numbers: StepsNumbers;
}

const modelOf = ({ site, query, numbers }: ShownSteps): StepsModel => stepsModel({ numbers, query, isCausal: site.isCausal === true && site.kind === 'self' });
const tokensOf = ({ run, site }: ShownSteps) => siteTokens(run, site);

/** JSON has no infinity: what is no number is null. */
const finite = (value: number | undefined): number | null => (value !== undefined && Number.isFinite(value) ? value : null);
const list = (values: Float32Array | undefined) => values && Array.from(values, finite);

/** Of the columns of these kinds together; 0 where the model has none, null where its steps are not known. */
function sumOf({ columns }: StepsModel, row: StepsRow, ops: readonly StageColumn['op'][]): number | null {
  if (row.qk === undefined) return null;
  return finite(row.stages.reduce((sum, value, i) => (ops.includes((columns[i] as StageColumn).op) ? sum + value : sum), 0));
}

function rowJson(shown: ShownSteps, model: StepsModel, row: StepsRow, withVectors: boolean): object {
  const { k } = shown.numbers;
  const width = k ? k.length / shown.numbers.weights.length : 0;
  return {
    key: row.key,
    token: tokensOf(shown).keys[row.key]?.text ?? null,
    qk: finite(row.qk),
    scaled: finite(row.scaled),
    bias: sumOf(model, row, ['bias', 'added']),
    mask: sumOf(model, row, ['mask']),
    masked: row.isMasked,
    score: row.isMasked ? null : finite(row.score),
    weight: finite(row.weight),
    ...(row.mixed !== undefined && { mixed: finite(row.mixed) }),
    valueNorm: finite(row.valueNorm),
    outNorm: finite(row.outNorm),
    sumNorm: finite(row.sumNorm),
    ...(withVectors && { k: list(k?.subarray(row.key * width, (row.key + 1) * width)) ?? null, v: list(row.value) ?? null }),
  };
}

/** What is not known is null. */
export function stepsJson(shown: ShownSteps, withVectors: boolean): object {
  const { run, site, head, query, numbers } = shown;
  const model = modelOf(shown);
  return {
    form: site.recognisedAs.endsWith('(additive)') ? 'additive' : 'dot',
    tower: site.tower,
    layer: site.layer,
    kind: site.kind,
    head,
    query,
    token: tokensOf(shown).queries[query]?.text ?? null,
    scale: finite(model.scale),
    softcap: finite(model.softcap),
    rowMax: finite(model.rowMax),
    sumExp: finite(model.sumExp),
    ...(withVectors && { q: list(numbers.q) ?? null }),
    rows: model.rows.map((row) => rowJson(shown, model, row, withVectors)),
    sink: model.sink ? { logit: finite(model.sink.logit), weight: finite(model.sink.weight) } : null,
    z: list(model.z) ?? null,
    result: list(model.result) ?? null,
    sumOffZ: finite(model.ofSum?.relative),
    badge: run.badge.state,
    notes: runNotes(run),
    engine: run.engine,
    checks: run.checks,
  };
}

/** As the panel writes it, with a sign that a shell knows. */
const cell = (value: number | undefined, digits: number) => stepText(value, digits).replace(/^−(?=\d)/, '-');

/** A line for each key, and what the sum ends in. */
export function stepsText(shown: ShownSteps): string {
  const { run, site, head, query } = shown;
  const { queries, keys } = tokensOf(shown);
  const model = modelOf(shown);
  const titles = ['key', 'q·k', ...model.columns.map(({ label }) => label), 'score', 'weight', '‖v‖', '‖v·W_O‖', '‖sum‖'];
  const lines = model.rows.map((row) => [
    `${row.key} ${keys[row.key]?.text ?? ''}`,
    cell(row.qk, 3),
    ...row.stages.map((value) => cell(value, 3)),
    row.isMasked ? 'masked' : cell(row.score, 3),
    cell(row.weight, 4),
    cell(row.valueNorm, 3),
    cell(row.outNorm, 3),
    cell(row.sumNorm, 3),
  ]);
  const widths = titles.map((title, i) => Math.max(title.length, ...lines.map((line) => (line[i] as string).length)));
  const inColumns = (line: readonly string[]) =>
    line.map((one, i) => (i === 0 ? one.padEnd(widths[i] as number) : one.padStart(widths[i] as number))).join('  ');
  return [
    `${run.badge.state}: ${viewName(run, { site, head })}, query ${query} ${queries[query]?.text ?? ''}`,
    ...[titles, ...lines].map((line) => `  ${inColumns(line)}`),
    ...(model.rowMax === undefined || model.sumExp === undefined
      ? []
      : [`  row maximum ${cell(model.rowMax, 4)}, Σ exp(score − max) ${cell(model.sumExp, 4)}: weight = exp(score − max) ÷ Σ`]),
    ...(model.sink ? [`  a learned logit of ${cell(model.sink.logit, 3)} takes a weight of ${cell(model.sink.weight, 4)} and brings nothing`] : []),
    ...(model.ofSum ? [`  the sum is the model's own z to ${deviationText(model.ofSum.relative)}`] : []),
    ...runNotes(run).map((note) => `  ${note}`),
  ]
    .map(printable)
    .join('\n');
}
