// Part of identity 1 for rotary models: what stands as queries and keys before the rotation is what was rotated (Su et al. 2021, eq. 34).
// Sees the two tensors only; which cosines and sines the model has is not its business.

import { norm, quantile } from '../../core/arithmetic';
import type { LetteredTensor } from '../tensors/canonical';
import { Deviation, type DeviationSize } from './deviation';

/** Lengths or pairs may differ by this before the other is tried: far above rounding, far below a norm's factor. */
const clearlyOff = 1e-3;
/** Two unknown factors per dimension and token: three heads make them a test. */
const fewestHeads = 3;

function lengthsOf(tensor: LetteredTensor): Float64Array {
  const size = tensor.dims[2] as number;
  return Float64Array.from({ length: tensor.data.length / size }, (_, row) => norm(tensor.data, row * size, size));
}

/** Rotating keeps the length of every vector, up to one factor for all (some models scale cosines and sines). */
function lengthDeviation(plain: LetteredTensor, rotated: LetteredTensor): DeviationSize {
  const [before, after] = [lengthsOf(plain), lengthsOf(rotated)];
  const factors = [...before].flatMap((length, row) => (length > 0 ? [(after[row] as number) / length] : []));
  const factor = quantile(factors, 0.5);
  const deviation = new Deviation();
  for (const [row, length] of before.entries()) deviation.add(length * factor, after[row] as number);
  return deviation.size;
}

/** One dimension of the result as a·x[i] + b·x[j] with the same a and b for every head of a token, by least squares. */
function pairDeviationOf(plain: LetteredTensor, rotated: LetteredTensor, i: number, j: number): DeviationSize {
  const [heads, tokens, size] = plain.dims as [number, number, number];
  const deviation = new Deviation();
  for (let token = 0; token < tokens; token++) {
    const sums = { xx: 0, xy: 0, yy: 0, xr: 0, yr: 0 };
    const at = (head: number) => (head * tokens + token) * size;
    for (let head = 0; head < heads; head++) {
      const [x, y, r] = [plain.data[at(head) + i] as number, plain.data[at(head) + j] as number, rotated.data[at(head) + i] as number];
      sums.xx += x * x;
      sums.xy += x * y;
      sums.yy += y * y;
      sums.xr += x * r;
      sums.yr += y * r;
    }
    const determinant = sums.xx * sums.yy - sums.xy * sums.xy;
    const a = determinant === 0 ? 0 : (sums.xr * sums.yy - sums.yr * sums.xy) / determinant;
    const b = determinant === 0 ? 0 : (sums.yr * sums.xx - sums.xr * sums.xy) / determinant;
    for (let head = 0; head < heads; head++)
      deviation.add(a * (plain.data[at(head) + i] as number) + b * (plain.data[at(head) + j] as number), rotated.data[at(head) + i] as number);
  }
  return deviation.size;
}

/** For tables that keep no lengths: every dimension is mixed with one partner, alike in all heads. */
function pairDeviation(plain: LetteredTensor, rotated: LetteredTensor): DeviationSize {
  const size = plain.dims[2] as number;
  const best = Array.from({ length: size }, (_, i) => {
    const tried = Array.from({ length: size }, (_, j) => j)
      .filter((j) => j !== i)
      .map((j) => pairDeviationOf(plain, rotated, i, j));
    return tried.reduce((a, b) => (b.relative < a.relative ? b : a));
  });
  return best.reduce((a, b) => (b.relative > a.relative ? b : a));
}

/** Tokens that are enough to tell heads apart by their pairs. */
const sampledTokens = 8;
/** Wrong heads are off by their own size; roundings are far below. */
const wrongHeads = 0.05;

/** The first tokens of every head. */
function firstTokens({ letters, dims, data }: LetteredTensor): LetteredTensor {
  const [heads, tokens, size] = dims as [number, number, number];
  const count = Math.min(tokens, sampledTokens);
  const sampled = new Float32Array(heads * count * size);
  for (let head = 0; head < heads; head++)
    sampled.set(data.subarray(head * tokens * size, (head * tokens + count) * size) as Float32Array, head * count * size);
  return { letters, dims: [heads, count, size], data: sampled };
}

/** Whether all heads have the same length at every token, as after a norm of queries and keys: then lengths say nothing of which head is which. */
function hasEqualLengths(tensor: LetteredTensor): boolean {
  const [heads, tokens] = tensor.dims as [number, number];
  const lengths = lengthsOf(tensor);
  return Array.from({ length: tokens }, (_, token) => token).every((token) => {
    const own = Array.from({ length: heads }, (_, head) => lengths[head * tokens + token] as number);
    const most = Math.max(...own);
    return most - Math.min(...own) <= clearlyOff * most;
  });
}

/** `plain` and `rotated` are [head, token, e]: queries, or keys, of one site. */
export function rotationDeviation(plain: LetteredTensor, rotated: LetteredTensor): DeviationSize {
  const lengths = lengthDeviation(plain, rotated);
  if ((plain.dims[0] as number) < fewestHeads || (plain.dims[2] as number) < 2) return lengths;
  if (lengths.relative < clearlyOff) {
    if (!hasEqualLengths(plain)) return lengths;
    const told = pairDeviation(firstTokens(plain), firstTokens(rotated));
    return told.relative > wrongHeads ? told : lengths;
  }
  const pairs = pairDeviation(plain, rotated);
  return pairs.relative < lengths.relative ? pairs : lengths;
}
