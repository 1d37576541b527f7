// A check is an identity between captured numbers with its largest deviation; the badge sums up the checks of a run.

import { type SiteKey, siteName } from './names';
import { type Problem, problem } from './problem';

/** The identities of docs/numerics.md, in their order. */
export const identities = [
  'scores', // scale · q·kᵀ + bias + mask = scores
  'softmax', // softmax(scores) = pattern
  'mix', // pattern · v = z
  'merge', // merged z = input of W_O
  'projection', // Σ result + bias = attn_out
  'residual', // resid_pre + attn_out = resid_mid
  'outputs', // outputs of the model unchanged by instrumenting
  'inputs', // every input filled as its role demands
  'words', // row t of q, k and v is token t
] as const;
export type Identity = (typeof identities)[number];

export interface Check {
  readonly identity: Identity;
  /** null: of the whole model. */
  readonly site: SiteKey | null;
  readonly state: 'holds' | 'failed' | 'not run';
  /** Why it did not run; of one that ran: what it was compared with, where that is not this run. */
  readonly reason?: string;
  /** Largest |a − b|, and that relative to the largest |value| of the tensor; 0 where it did not run. */
  readonly absolute: number;
  readonly relative: number;
  readonly tolerance: number;
  /** Where an identity goes row by row: how many query rows of how many were compared. Undefined: all cells. */
  readonly rows?: { readonly compared: number; readonly of: number };
  /** True of a failed one where what it compares holds NaN or infinity: the model computes that itself. */
  readonly isNotNumbers?: true;
  /** True of a failed one where the file rounds to 8 bits between what is compared, and the deviation is of that size. */
  readonly isRounded?: true;
  /** What was captured, belongs to the identity and could not be compared with anything: `mlp_out: reason`. It is not vouched for. */
  readonly unchecked?: readonly string[];
  /** True of one that is still being made: it comes after the picture. */
  readonly isComing?: true;
}

/** Stands for a deviation that has no size: NaN, a cell masked on one side only, another shape. */
export const unbounded = 1e9;

const deviationText = ({ relative }: Check) =>
  relative < unbounded ? relative.toExponential(1) : 'more than any number (NaN, infinity, or another shape or mask)';

/** 'checking': nothing failed so far, and a check is still to come. */
export type BadgeState = 'verified' | 'partly checked' | 'unchecked' | 'failed' | 'checking';

export interface Badge {
  readonly state: BadgeState;
  /** How many checks ran: an identity counts once at each site (badgeWords.ts counts identities). */
  readonly ran: number;
  /** Worst relative deviation of those that ran. */
  readonly worst: number;
  /** One sentence per failed identity, per reason why something did not run, and per identity that was compared in part of the rows. */
  readonly notes: readonly string[];
}

const stateOf = (ran: number, isPartial: boolean): BadgeState => (ran === 0 ? 'unchecked' : isPartial ? 'partly checked' : 'verified');

/** Sums up checks. Never says verified of an identity that did not run. */
export function badgeOf(checks: readonly Check[]): Badge {
  const ran = checks.filter((check) => check.state !== 'not run');
  const failed = checks.filter((check) => check.state === 'failed');
  const notRun = checks.filter((check) => check.state === 'not run');
  const worst = ran.reduce((most, check) => Math.max(most, check.relative), 0);
  const open = ran.filter((check) => check.unchecked !== undefined);
  const isPartial = notRun.length > 0 || open.length > 0;
  const state = failed.length > 0 ? 'failed' : checks.some((check) => check.isComing) ? 'checking' : stateOf(ran.length, isPartial);
  const where = (check: Check) => (check.site ? ` at ${check.site.tower}.${check.site.layer}.${check.site.kind}` : '');
  const notes = [
    ...failed.map((check) => `${check.identity}${where(check)} is off by ${deviationText(check)} (tolerance ${check.tolerance.toExponential(0)})`),
    ...new Set(notRun.map((check) => (check.isComing ? `${check.identity}: comparing …` : `${check.identity} did not run: ${check.reason ?? 'unknown'}`))),
    ...new Set(open.flatMap((check) => (check.unchecked ?? []).map((one) => `${check.identity} does not hold ${one}`))),
    ...new Set(ran.filter((check) => sampledText(check) !== undefined).map((check) => `${check.identity}: ${sampledText(check)}`)),
  ];
  return { state, ran: ran.length, worst, notes };
}

/** `32 of 128 rows compared`; undefined where all were. */
export function sampledText({ rows }: Pick<Check, 'rows'>): string | undefined {
  return rows && rows.compared < rows.of ? `${rows.compared} of ${rows.of} rows compared` : undefined;
}

/** The Problem of a failed check: why nothing is shown from its site. */
export function failedCheckProblem(check: Check): Problem {
  const site = check.site ? siteName(check.site) : 'the model';
  if (check.isNotNumbers) return problem('siteNotNumbers', { site });
  const deviation = deviationText(check);
  return check.isRounded ? problem('siteRounded', { site, deviation }) : problem('identityFailed', { site, identity: check.identity, deviation });
}
