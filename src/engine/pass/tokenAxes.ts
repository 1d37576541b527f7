// Whether the query and key axes of what was captured are the tokens that were fed, one for one. Attention over anything else (keys that the
// model adds, windows, blocks, pooled tokens) would be shown under the wrong words, so its site is closed.

import type { Activation } from '../../core/names';
import type { Site } from '../../onnx/facts/site';
import type { RunTensors } from '../tensors/runTensors';
import { paddedLengthOf, type RunTexts } from './padding';
import { tokenLists } from './tokenLists';

interface Reading extends RunTexts {
  readonly tensors: RunTensors;
}

const inWords = { q: 'queries', k: 'keys' } as const;

/**
 * Why the site is no attention between the tokens of the text, as far as these activations tell; undefined where every axis is as long as
 * the text that the graph was fed.
 */
export function foreignAxes(
  run: Reading,
  { part, site }: { readonly part: number; readonly site: Site },
  activations: readonly Activation[],
): string | undefined {
  const lists = tokenLists(run, site);
  for (const ref of activations.map((activation) => site.captures[activation])) {
    if (!ref || !run.tensors.has(part, ref)) continue;
    const lengths = run.tensors.lengths(part, ref);
    for (const letter of ['q', 'k'] as const) {
      const list = letter === 'q' ? lists.queryTokens : lists.keyTokens;
      const fed = paddedLengthOf(run, list) ?? run.text[list]?.length;
      const found = lengths[letter];
      if (found === undefined || fed === undefined || found === fed) continue;
      return `its ${inWords[letter]} are not the tokens of the text one for one (${found} ${inWords[letter]}, ${fed} tokens)`;
    }
  }
  return undefined;
}
