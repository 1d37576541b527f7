// A short text of ids that are all different and in no order, so that sorting or shifting them shows.

import type { Token } from '../../core/token';
import { type SampleOptions, sampleIds } from './sample';

export function sampleText(count: number, options: SampleOptions): Token[] {
  const step = [5, 7, 3, 2, 1].find((one) => count % one !== 0) ?? 1;
  const ids = sampleIds(count, options);
  return ids.map((_, i) => {
    const id = ids[(i * step + 2) % count] as number;
    return { id, text: '', start: 0, end: 0, isSpecial: false, sequence: 0 as const, typeId: 0 };
  });
}
