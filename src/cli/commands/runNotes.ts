// What is true of a run and its numbers do not show: what was not checked and why, words that are unknown, how much of the text was used.

import type { RunSummary } from '../../core/run';

/** What was not checked and why, and what the numbers do not show. */
export const numberNotes = ({ badge, notes }: RunSummary): string[] => [...badge.notes, ...notes.map(({ text }) => text)];

/** How much of the texts was used, where one was cut. */
export function cutNotes({ truncated, truncatedTarget }: RunSummary): string[] {
  const cuts = [
    ['text', truncated],
    ['target', truncatedTarget],
  ] as const;
  return cuts.flatMap(([name, cut]) => (cut ? [`The ${name} was cut: ${cut.usedTokens} of ${cut.allTokens} tokens were used.`] : []));
}

export const runNotes = (run: RunSummary): string[] => [...numberNotes(run), ...cutNotes(run)];
