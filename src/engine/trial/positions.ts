// Whether an input is the positions of the tokens, by what a model does without them: with one token again and again and the input
// constant nothing tells the places apart any more, and every row weighs all keys it may read alike.

import type { Site } from '../../onnx/facts/site';
import type { ReadSite } from './masks';
import { type TrialRun, weightsOf } from './trialRun';

/** Far above rounding, far below what positions do. */
const alike = 1e-4;
const masked = 1e-6;

/** Largest difference between the weights of one row that are not masked, over heads and rows of the first `count` tokens. */
function spread(run: TrialRun, part: number, site: Site, count: number): number | undefined {
  const weights = weightsOf(run, part, site);
  if (!weights) return undefined;
  const [heads, queries, keys] = weights.dims as [number, number, number];
  let widest = 0;
  for (let head = 0; head < heads; head++)
    for (let query = 0; query < Math.min(queries, count); query++) {
      const from = (head * queries + query) * keys;
      const read = weights.data.subarray(from, from + Math.min(keys, count)).filter((value) => value > masked);
      if (read.length > 1) widest = Math.max(widest, Math.max(...read) - Math.min(...read));
    }
  return widest;
}

/** Whether all keys are read alike everywhere; undefined where no site can tell. */
export function isOrderBlind(run: TrialRun, sites: readonly ReadSite[], count: number): boolean | undefined {
  const widths = sites.map(({ part, site }) => spread(run, part, site, count)).filter((width) => width !== undefined);
  return widths.length === 0 ? undefined : widths.every((width) => width <= alike);
}

/** Largest difference of the weights of two runs over the first `count` tokens. */
export function weightsDiffer(a: TrialRun, b: TrialRun, sites: readonly ReadSite[], count: number): boolean {
  return sites.some(({ part, site }) => {
    const [x, y] = [a, b].map((run) => weightsOf(run, part, site));
    if (!x || !y || x.data.length !== y.data.length) return false;
    const [, queries, keys] = x.dims as [number, number, number];
    return x.data.some((value, i) => {
      const [query, key] = [Math.floor(i / keys) % queries, i % keys];
      return query < count && key < count && Math.abs(value - (y.data[i] as number)) > 10 * alike;
    });
  });
}
