// A short text of ids that are all different and in no order, so that sorting or shifting them shows.

import type { Token } from '../../core/token';

/** Ids from 3 on, where the padding of most vocabularies is not; `vocabularySize` undefined: unknown. */
export function sampleText(count: number, vocabularySize: number | undefined): Token[] {
  const step = [5, 7, 3, 2, 1].find((one) => count % one !== 0) ?? 1;
  const size = Math.max(1, vocabularySize ?? Number.POSITIVE_INFINITY);
  return Array.from({ length: count }, (_, i) => {
    const id = (3 + ((i * step + 2) % count)) % size;
    return { id, text: '', start: 0, end: 0, isSpecial: false, sequence: 0 as const, typeId: 0 };
  });
}
