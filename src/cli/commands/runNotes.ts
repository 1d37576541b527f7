// What is true of a run and its numbers do not show: what was not checked and why, words that are unknown, how much of the text was used.

import type { RunSummary } from '../../core/run';

export function runNotes({ badge, notes, truncated, truncatedTarget }: RunSummary): string[] {
  const cuts = [
    ['text', truncated],
    ['target', truncatedTarget],
  ] as const;
  return [
    ...badge.notes,
    ...notes.map(({ text }) => text),
    ...cuts.flatMap(([name, cut]) => (cut ? [`The ${name} was cut: ${cut.usedTokens} of ${cut.allTokens} tokens were used.`] : [])),
  ];
}
