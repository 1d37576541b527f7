// Whether a mask masks, and which of its numbers hides a token: its last entry is flipped, and the weight of that key must become 0 in
// every attention whose keys are those tokens. (In PyTorch's own layers True means: ignore.)

import type { TokenListName } from '../../core/run';
import type { GraphInput, InputFill } from '../../onnx/facts/inputs';
import type { Site } from '../../onnx/facts/site';
import { floatTypes } from '../../onnx/file/elementTypes';
import { type TrialRun, weightsOf } from './trialRun';

/** What a mask may hold for a token that is read and for one that is hidden. */
export interface MaskForm {
  readonly read: number;
  readonly hidden: number;
}

const one: MaskForm = { read: 1, hidden: 0 };
const zero: MaskForm = { read: 0, hidden: 1 };
/** Added to the scores as it is. */
const added: MaskForm = { read: 0, hidden: -1e9 };

/** The forms to try, the usual one first. */
export const formsOf = (input: GraphInput): readonly MaskForm[] => (floatTypes.has(input.elementType) ? [one, zero, added] : [one, zero]);

const closed = 1e-6;
const open = 1e-4;

/**
 * Largest weight of the key `key` over heads and rows; rows that are no numbers say nothing. `before`: of earlier rows only, since a
 * token may always read itself in some models.
 */
function largestAt(run: TrialRun, part: number, site: Site, key: number): { readonly before: number; readonly own: number } | undefined {
  const weights = weightsOf(run, part, site);
  if (!weights) return undefined;
  const [heads, queries, keys] = weights.dims as [number, number, number];
  const largest = { before: 0, own: 0 };
  for (let row = 0; row < heads * queries; row++) {
    const query = row % queries;
    const value = weights.data[row * keys + key] as number;
    if (query < key && value > largest.before) largest.before = value;
    if (query === key && value > largest.own) largest.own = value;
  }
  return largest;
}

export interface ReadSite {
  readonly part: number;
  readonly site: Site;
  readonly keys: TokenListName;
}

export type MaskEffect = 'masks' | 'masks some' | 'nothing' | 'other';

/** Scores of tokens that are read lie far below this; what a mask adds to those that it hides, far above. */
const ordinary = 1e4;

/** Whether the scores of all keys that are read are those of the text alone: a mask taken the wrong way adds its number to each of them. */
function isOrdinary(run: TrialRun, { part, site }: ReadSite): boolean {
  const weights = weightsOf(run, part, site);
  const scores = run.tensors.read(part, site.captures.scores, 'hqk');
  if (!weights || scores?.data.length !== weights.data.length) return true;
  return scores.data.every((score, i) => (weights.data[i] as number) <= open || Math.abs(score) < ordinary);
}

/** What flipping the last of `count` entries does to the sites whose keys they are. */
export function effectOf(plain: TrialRun, flipped: TrialRun, sites: readonly ReadSite[], count: number): MaskEffect {
  let [closes, stays] = [0, 0];
  for (const one of sites) {
    const { part, site } = one;
    const [before, after] = [plain, flipped].map((run) => largestAt(run, part, site, count - 1));
    if (before === undefined || after === undefined) continue;
    // What earlier rows read of the last token tells; of a causal site, where they read nothing of it, its own row.
    const rows = before.before > open ? 'before' : 'own';
    if (before[rows] <= open) continue;
    if (after[rows] <= closed && isOrdinary(plain, one)) closes++;
    else stays++;
  }
  if (closes > 0) return stays === 0 ? 'masks' : 'masks some';
  return sameNumbers(plain, flipped, sites) ? 'nothing' : 'other';
}

/** Whether all weights and answers of two runs are equal. */
function sameNumbers(a: TrialRun, b: TrialRun, sites: readonly ReadSite[]): boolean {
  const isEqual = (x: ArrayLike<unknown> | undefined, y: ArrayLike<unknown> | undefined) =>
    x !== undefined && y !== undefined && x.length === y.length && Array.from(x).every((value, i) => Object.is(value, y[i]));
  return (
    sites.every(({ part, site }) => isEqual(weightsOf(a, part, site)?.data, weightsOf(b, part, site)?.data)) &&
    [...a.outputs].every(([name, tensor]) => isEqual(tensor.data, b.outputs.get(name)?.data))
  );
}

/** `1 = read (tried)`. */
export function fillOf({ read, hidden }: MaskForm): InputFill {
  return { evidence: 'tried', read, hidden, value: `${read} = read, ${hidden === -1e9 ? 'very negative' : hidden} = padding (tried)` };
}
