// What the focus row reads: its largest weights as bars, and how much of it goes to special tokens. Nothing is renormalised.

import { topK } from '../../core/arithmetic';
import type { Token } from '../../core/token';

export interface Bar {
  /** Key token. */
  readonly key: number;
  readonly weight: number;
  /** Length of the bar, 0 … 1 of the longest. */
  readonly length: number;
  readonly isSpecial: boolean;
}

/** The `count` largest weights of a row, largest first; masked keys have no bar. */
export function barsModel(row: Float32Array, keys: readonly Token[], isMasked: (key: number) => boolean, count = 5): Bar[] {
  const order = topK(row, row.length)
    .filter((key) => !isMasked(key))
    .slice(0, count);
  const longest = row[order[0] ?? 0] ?? 0;
  return order.map((key) => {
    const weight = row[key] as number;
    return { key, weight, length: longest > 0 ? weight / longest : 0, isSpecial: keys[key]?.isSpecial ?? false };
  });
}

export interface SpecialShare {
  /** Sum of the row's weights at special tokens. */
  readonly share: number;
  /** The special tokens of the keys, each spelling once, in order. */
  readonly spellings: readonly string[];
}

/** How much of the row the special tokens take; undefined where there are none. */
export function specialShare(row: Float32Array, keys: readonly Token[]): SpecialShare | undefined {
  const special = keys.map((token, key) => ({ token, key })).filter(({ token }) => token.isSpecial);
  if (special.length === 0) return undefined;
  const share = special.reduce((sum, { key }) => sum + (row[key] as number), 0);
  return { share, spellings: [...new Set(special.map(({ token }) => token.text))] };
}

/** The key with the largest weight that is neither special nor masked; undefined where there is none. */
export function largestContent(
  row: Float32Array,
  keys: readonly Token[],
  isMasked: (key: number) => boolean,
): { readonly key: number; readonly weight: number } | undefined {
  let best: { key: number; weight: number } | undefined;
  keys.forEach((token, key) => {
    const weight = row[key] as number;
    if (!token.isSpecial && (!best || weight > best.weight) && !isMasked(key)) best = { key, weight };
  });
  return best;
}
