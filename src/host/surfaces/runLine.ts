// What the log says of a run. Pure; the checks are counted as the panel's badge counts them.

import type { SeenRun } from '../../core/run';
import { badgeDetail } from '../../present/words/badgeWords';
import { engineSentence } from '../../present/words/engineWords';
import { counted } from '../../present/words/modelFacts';

/** `run 3: 10 tokens, 4 sites, 52 ms, verified · 9 of 9 identities · worst 3.1e−7`, and a line for each note of the badge. */
export function runLine({ runId, tokens, sites, elapsedMs, badge, checks, engine }: SeenRun): string {
  const count = Object.values(tokens).reduce((sum, list) => sum + list.length, 0);
  const { counts, worst } = badgeDetail(badge, checks);
  const facts = [counted(count, 'token'), counted(sites.length, 'site'), `${Math.round(elapsedMs)} ms`, `${badge.state} · ${counts}${worst}`];
  return [`run ${runId}: ${facts.join(', ')}`, `  ${engineSentence(engine)}`, ...badge.notes.map((note) => `  ${note}`)].join('\n');
}
