// The heads that bring most to the focus, best first, different in what they read as far as there are such.

import type { SiteKey } from '../../core/names';
import type { Candidate } from '../../core/run';

/** How many stand side by side. */
const count = 3;

/** A head with its measure and the key token it reads most. */
export type MeasuredHead = Omit<Candidate, 'site'> & { readonly site: SiteKey };

/** The best, then the best of those that read another word, then the best of the rest; ties go to the earlier layer and head. */
export function candidatesOf(heads: readonly MeasuredHead[], wordOf: (key: number) => unknown): Candidate[] {
  const ranked = heads.filter(({ measure, key }) => measure > 0 && key >= 0).toSorted((a, b) => b.measure - a.measure);
  const seen = new Set<unknown>();
  const different = ranked.filter(({ key }) => {
    const word = wordOf(key);
    return !seen.has(word) && seen.add(word);
  });
  const rest = ranked.filter((head) => !different.includes(head));
  return [...different, ...rest].slice(0, count).toSorted((a, b) => b.measure - a.measure);
}
