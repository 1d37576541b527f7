// What one row of a head is like, in numbers: how spread its weights are, how far they reach, how much goes to special tokens.

import { entropy } from '../../core/arithmetic';
import type { Token } from '../../core/token';

export interface RowFacts {
  /** Shannon entropy of the weights in nats. */
  readonly entropy: number;
  /** Σ weight · |query − key| in tokens; undefined between two texts. */
  readonly distance?: number;
  /** Σ weight of the tokens that the tokenizer added. */
  readonly special: number;
}

/** `row`: weights of one query token over `keys`. `query`: its index, where rows and columns are one list. Undefined where the row holds no numbers. */
export function rowFacts(row: Float32Array, keys: readonly Token[], query: number | undefined): RowFacts | undefined {
  if (!row.every(Number.isFinite)) return undefined;
  const sum = (of: (key: number) => number) => row.reduce((total, weight, key) => total + weight * of(key), 0);
  return {
    entropy: entropy(row),
    ...(query !== undefined && { distance: sum((key) => Math.abs(query - key)) }),
    special: sum((key) => (keys[key]?.isSpecial ? 1 : 0)),
  };
}
