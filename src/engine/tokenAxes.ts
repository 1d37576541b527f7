// Whether the query and key axes of what was captured are the tokens that were fed, one for one. Attention over anything else (keys that the
// model adds, windows, blocks, pooled tokens) would be shown under the wrong words, so it is refused.

import { siteName } from '../core/names';
import { refuse } from '../core/problem';
import type { PlannedCapture } from './captureTable';
import { paddedLengthOf, type RunTexts } from './padding';
import type { RunTensors } from './runTensors';
import { tokenLists } from './tokenLists';

interface Reading extends RunTexts {
  readonly tensors: RunTensors;
}

const inWords = { q: 'queries', k: 'keys' } as const;

/** Problem activationAbsent: an axis of queries or keys is not as long as the text that the graph was fed. */
export function refuseForeignAxes(run: Reading, captures: readonly PlannedCapture[]): void {
  for (const { part, ref, site } of captures) {
    if (!ref || !site) continue;
    const lengths = run.tensors.lengths(part, ref);
    const lists = tokenLists(run, site);
    for (const letter of ['q', 'k'] as const) {
      const list = letter === 'q' ? lists.queryTokens : lists.keyTokens;
      const fed = paddedLengthOf(run, list) ?? run.text[list]?.length;
      const found = lengths[letter];
      if (found === undefined || fed === undefined || found === fed) continue;
      const reason = `its ${inWords[letter]} are not the tokens of the text one for one (${found} ${inWords[letter]}, ${fed} tokens)`;
      refuse('activationAbsent', { activation: siteName(site), reason });
    }
  }
}
