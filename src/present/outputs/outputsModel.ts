// The view of head outputs as a view model: what each head adds to one token, how much of attn_out lies along it, and whether the parts are the whole.
// No pixels.

import { norm } from '../../core/arithmetic';
import type { HeadOutputs } from '../../core/headOutputs';

/** One part of attn_out: a head's result, or the bias. */
export interface OutputPart {
  /** null: the bias. */
  readonly head: number | null;
  /** [e]; undefined for the bias. */
  readonly z?: Float32Array;
  /** [d] */
  readonly vector: Float32Array;
  readonly norm: number;
  /** With attn_out; undefined where one of them is 0. */
  readonly cosine?: number;
  /** ⟨part, attn_out⟩ ÷ ‖attn_out‖²: the parts' shares sum to 1, and may be negative. Undefined where attn_out is 0. */
  readonly share?: number;
}

export interface OutputsModel {
  readonly parts: readonly OutputPart[];
  readonly attnOut: Float32Array;
  readonly attnNorm: number;
  /** Of the stream that it is added to. */
  readonly residNorm?: number;
  readonly shareSum?: number;
  /** Σ parts against attn_out: largest difference relative to its largest number. */
  readonly deviation: number;
}

function dotOf(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

export function outputsModel({ headCount, z, results, bias, attnOut, residPre }: HeadOutputs): OutputsModel {
  const [width, size] = [results.length / headCount, z.length / headCount];
  const attnNorm = norm(attnOut);
  const part = (head: number | null, vector: Float32Array): OutputPart => {
    const [own, along] = [norm(vector), dotOf(vector, attnOut)];
    return {
      head,
      vector,
      norm: own,
      ...(head !== null && { z: z.subarray(head * size, (head + 1) * size) }),
      ...(own > 0 && attnNorm > 0 && { cosine: along / (own * attnNorm) }),
      ...(attnNorm > 0 && { share: along / attnNorm ** 2 }),
    };
  };
  const heads = Array.from({ length: headCount }, (_, head) => part(head, results.subarray(head * width, (head + 1) * width)));
  const parts = bias ? [...heads, part(null, bias)] : heads;
  return {
    parts,
    attnOut,
    attnNorm,
    ...(residPre && { residNorm: norm(residPre) }),
    ...(attnNorm > 0 && { shareSum: parts.reduce((sum, { share = 0 }) => sum + share, 0) }),
    deviation: deviationOf(parts, attnOut),
  };
}

function deviationOf(parts: readonly OutputPart[], attnOut: Float32Array): number {
  let [worst, largest] = [0, 0];
  attnOut.forEach((value, i) => {
    const sum = parts.reduce((total, { vector }) => total + (vector[i] as number), 0);
    worst = Math.max(worst, Math.abs(sum - value));
    largest = Math.max(largest, Math.abs(value));
  });
  return worst === 0 ? 0 : worst / largest;
}

/** The heads in the order of their share, largest first; the bias stays last. */
export function orderByShare(parts: readonly OutputPart[]): readonly OutputPart[] {
  return [...parts].sort((a, b) => Number(a.head === null) - Number(b.head === null) || (b.share ?? 0) - (a.share ?? 0) || (a.head ?? 0) - (b.head ?? 0));
}
