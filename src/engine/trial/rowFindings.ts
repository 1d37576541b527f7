// What the rows that changed say of a site, in words.

import type { RowsOf, RowTarget } from '../../onnx/rowsPlan';
import type { LetteredTensor } from '../canonical';
import { areStates, neighbourhood } from './rowChanges';

export interface RowFinding {
  readonly state: 'holds' | 'failed' | 'not run';
  readonly reason?: string;
}

const inWords: Readonly<Record<RowsOf, readonly [string, string]>> = {
  queries: ['its queries', 'query'],
  keys: ['its keys', 'key'],
  values: ['its values', 'value'],
  'rows of the stream': ['the rows of the stream that it reads', 'row'],
  ids: ['its words', 'word'],
};

export const isIn = (targets: readonly Pick<RowTarget, 'rowsOf'>[], rowsOf: RowsOf) => targets.some((target) => target.rowsOf === rowsOf);

/** The first that failed, else the first that did not run, else it holds. */
export function worstOf(findings: readonly RowFinding[]): RowFinding {
  return findings.find(({ state }) => state === 'failed') ?? findings.find(({ state }) => state === 'not run') ?? { state: 'holds' };
}

/** Which rows changed with each row, and how many rows there should be. */
export interface RowChanges {
  readonly changed: readonly (readonly number[])[];
  /** Number of rows that the target has. */
  readonly found: number;
  readonly tokens: number;
}

/** `after[t]`: the states with token t changed. What does not look like states at each token stays open: nothing says that it is wrong. */
export function judgeStates(
  { found, tokens }: { readonly found: number | undefined; readonly tokens: number | undefined },
  before: LetteredTensor | undefined,
  after: readonly LetteredTensor[],
): RowFinding {
  const isKnown = before !== undefined && found !== undefined && found === tokens && after.length === tokens;
  return isKnown && areStates(before, after)
    ? { state: 'holds' }
    : { state: 'not run', reason: 'the states of a recurrent layer could not be told apart by tokens' };
}

/** `changes` undefined: its axes do not fit. */
export function judgeRows({ rowsOf }: RowTarget, changes: RowChanges | undefined): RowFinding {
  const [they, one] = inWords[rowsOf];
  if (!changes) return { state: 'not run', reason: `${they} are no finite numbers, or could not be read row by row` };
  const { changed, found, tokens } = changes;
  if (found !== tokens) return { state: 'failed', reason: `${they} are not the tokens of the text one for one (${found} for ${tokens} tokens)` };
  if (neighbourhood(changed)) return { state: 'holds' };
  const moved = changed.findIndex((rows, token) => !rows.includes(token));
  const token = moved >= 0 ? moved : changed.findIndex((rows) => rows.length > 1);
  const rows = changed[token] ?? [];
  if (rows.length === 0) return { state: 'failed', reason: `${they} are not the tokens of the text: changing token ${token} changed none of them` };
  const which = rows.length === 1 ? `${one} ${rows[0]}` : `${rows.length} of ${found}`;
  const how = rows.length === 1 ? 'in their order' : 'one for one';
  return { state: 'failed', reason: `${they} are not the tokens of the text ${how}: changing token ${token} changed ${which}` };
}
