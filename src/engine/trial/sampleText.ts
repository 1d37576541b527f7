// A short text of ids that are all different and in no order, so that sorting or shifting them shows.

import type { Token } from '../../core/token';
import { type SampleOptions, sampleTokens } from './sample';

export function sampleText(count: number, options: SampleOptions): Token[] {
  const step = [5, 7, 3, 2, 1].find((one) => count % one !== 0) ?? 1;
  const tokens = sampleTokens(count, options);
  return tokens.map((_, i) => tokens[(i * step + 2) % count] as Token);
}
