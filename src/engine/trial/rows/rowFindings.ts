// What the rows that changed say of a site, in words.

import type { RowsOf, RowTarget } from '../../../onnx/instrument/rowsPlan';
import type { RowFinding } from '../../checks/rowFinding';
import type { LetteredTensor } from '../../tensors/canonical';
import { areStates, isNeighbourhood } from './rowChanges';

const inWords: Readonly<Record<RowsOf, readonly [string, string, string]>> = {
  queries: ['its queries', 'query', 'queries'],
  keys: ['its keys', 'key', 'keys'],
  values: ['its values', 'value', 'values'],
  'rows of the stream': ['the rows of the stream that it reads', 'row', 'rows'],
  ids: ['its words', 'word', 'words'],
};

export const isIn = (targets: readonly Pick<RowTarget, 'rowsOf'>[], rowsOf: RowsOf) => targets.some((target) => target.rowsOf === rowsOf);

/** The first that failed, else the first that did not run, else it holds. */
export function worstOf(findings: readonly RowFinding[]): RowFinding {
  return findings.find(({ state }) => state === 'failed') ?? findings.find(({ state }) => state === 'not run') ?? { state: 'holds' };
}

/** `used`: the row of the table that is looked up for each of these ids. */
export function judgeIds(ids: readonly number[], used: readonly number[]): RowFinding {
  const isSame = ids.length === used.length;
  if (isSame && ids.every((id, i) => id === used[i])) return { state: 'holds' };
  const inOrder = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b).join();
  if (inOrder(ids) === inOrder(used)) return { state: 'failed', reason: 'its words are not looked up in the order of the text' };
  const steps = new Set(ids.map((id, i) => (used[i] ?? Number.NaN) - id));
  if (isSame && steps.size === 1) return { state: 'failed', reason: 'the words that the graph looks up are not those of the text, but others beside them' };
  return notRun('the rows that the graph looks up are computed from the ids in a way that is not known');
}

/** Which rows changed with each row that was changed, the first ones of `tokens`. */
export interface RowChanges {
  readonly changed: readonly (readonly number[])[];
  /** Whether each row changed at least twice as much as any other. */
  readonly isOwnLargest: boolean;
  /** Whether numbers are rounded by the size of all of them, so that other rows may move. */
  readonly isRounded: boolean;
  /** Number of rows that the target has. */
  readonly found: number;
  readonly tokens: number;
}

export const notRun = (reason: string): RowFinding => ({ state: 'not run', reason });

/** `after[t]`: the states with token t changed. What does not look like states at each token stays open: nothing says that it is wrong. */
export function judgeStates(
  { found, tokens }: { readonly found: number | undefined; readonly tokens: number | undefined },
  before: LetteredTensor | undefined,
  after: readonly LetteredTensor[],
): RowFinding {
  const isKnown = before !== undefined && found !== undefined && found === tokens && after.length === tokens;
  return isKnown && areStates(before, after) ? { state: 'holds' } : notRun('the states of a recurrent layer could not be told apart by tokens');
}

/** `changes` undefined: its axes do not fit. */
export function judgeRows({ rowsOf }: RowTarget, changes: RowChanges | undefined): RowFinding {
  const [they, one, many] = inWords[rowsOf];
  if (!changes) return notRun(`${they} are no finite numbers, or could not be read row by row`);
  const { changed, isOwnLargest, isRounded, found, tokens } = changes;
  if (found !== tokens) return { state: 'failed', reason: `${they} are not the tokens of the text one for one (${found} ${many}, ${tokens} tokens)` };
  const failed = (token: number, which: string): RowFinding => ({
    state: 'failed',
    reason: `${they} are not the tokens of the text in their order: changing token ${token} changed ${which}`,
  });
  if (changed.every((rows) => rows.length === 0)) return notRun(`${they} do not change with the tokens`);
  const moved = changed.findIndex((rows, token) => !rows.includes(token));
  if (moved >= 0) return failed(moved, namesOf(changed[moved] ?? [], one, many));
  if (isNeighbourhood(changed, found))
    return changed.length === tokens ? { state: 'holds' } : notRun(`its length is fixed, and ${tokens} tokens are too many to try each`);
  // Between two attentions other layers may mix tokens; a stream that keeps its own token, or never looks ahead, stays in order.
  if (rowsOf === 'rows of the stream') {
    const isCausal = changed.every((rows, token) => rows.every((row) => row >= token));
    return isCausal || isOwnLargest ? { state: 'holds' } : notRun('a layer before it mixes the tokens');
  }
  if (isRounded && isOwnLargest) return notRun(`${they} move with other tokens, which may be rounding to 8 bits`);
  const token = changed.findIndex((rows) => rows.length > 1);
  return failed(token, namesOf(changed[token] ?? [], one, many));
}

function namesOf(rows: readonly number[], one: string, many: string): string {
  if (rows.length === 0) return 'none of them';
  return rows.length === 1 ? `${one} ${rows[0]}` : `${rows.length} ${many}`;
}
