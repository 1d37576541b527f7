// How many bytes some captures of a pass will take together, before they are made.

import type { PlannedCapture } from '../model/captureTable';
import type { Pass } from './pass';
import { predictedBytes } from './predictBytes';

export function predictedTotal(pass: Pass, captures: readonly PlannedCapture[]): number {
  return captures.reduce((sum, capture) => {
    const counts = pass.tokenCounts(capture);
    return sum + predictedBytes(capture, pass.model.sizes, { queries: counts.q, keys: counts.k });
  }, 0);
}
