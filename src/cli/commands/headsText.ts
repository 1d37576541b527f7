// The answer of `heads`, for a person and as JSON. Pure.

import { printable } from '../../core/problem';
import type { Candidate, FirstSight, RunSummary } from '../../core/run';
import { viewName } from '../../present/heads/headWords';
import { weightText } from '../../present/words/numbers';
import type { MeasuredSite } from './measuredHeads';
import { runNotes } from './runNotes';
import { siteTokens } from './siteTokens';

/** `focus` and `key` are indices of tokens; `measure` as `chosenBy` says (docs/numerics.md); what was not measured is absent. */
export function headsJson(run: RunSummary, sight: FirstSight, measured: readonly MeasuredSite[]): object {
  const { focus, focusWord, movedFrom, chosenBy, whyWeights, candidates, measures } = sight;
  return {
    focus,
    focusWord,
    ...(movedFrom !== undefined && { movedFrom }),
    at: siteTokens(run, sight.site).queries[focus]?.text ?? null,
    chosenBy,
    ...(whyWeights !== undefined && { whyWeights }),
    candidates: candidates.map(({ site, ...rest }) => ({ ...placeOf(site), ...rest, token: keyOf(run, sight, rest.key) })),
    heads: measures.flatMap(({ site, values }, i) => values.map((measure, head) => ({ ...placeOf(site), head, measure, ...measured[i]?.heads[head] }))),
    badge: run.badge.state,
    notes: runNotes(run),
    engine: run.engine,
    checks: run.checks,
  };
}

const placeOf = ({ tower, layer, kind }: Candidate['site']) => ({ tower, layer, kind });

const keyOf = (run: RunSummary, sight: FirstSight, key: number) => siteTokens(run, sight.site).keys[key]?.text ?? null;

const howMeasured: Readonly<Record<FirstSight['chosenBy'], string>> = {
  beyond: 'beyond what they bring to other words',
  fewWords: 'too few words to compare with',
  nothingBeyond: 'no head brings it more than it brings other words',
  only: 'there is nothing to compare',
};

/** The focus, and a line for each candidate. */
export function headsText(run: RunSummary, sight: FirstSight): string {
  const moved = sight.movedFrom === undefined ? '' : `; ${sight.movedFrom} comes first and reads no other word`;
  const unit = sight.whyWeights === undefined ? 'length relative to its residual stream' : `weights alone: ${sight.whyWeights}`;
  const lines = sight.candidates.map(
    (candidate) =>
      `  ${viewName(run, candidate)} → ${keyOf(run, sight, candidate.key)} (token ${candidate.key}): weight ${weightText(candidate.weight)}, measure ${candidate.measure.toFixed(4)}`,
  );
  return [
    `${run.badge.state}: heads that bring most to ${sight.focusWord} (token ${sight.focus}${moved})`,
    `  ${howMeasured[sight.chosenBy]}${lines.length > 0 ? `; ${unit}` : ''}`,
    ...lines,
    ...runNotes(run).map((note) => `  ${note}`),
  ]
    .map(printable)
    .join('\n');
}
