// Arithmetic on rows of numbers that several layers share. Nothing here knows of models or pictures.

/** A score below this is a mask's: masks add a large negative number, −∞ or the lowest float. */
export const maskedBelow = -1e3;

/** Row-wise softmax of `scores` [rows, columns] after Vaswani et al. 2017, eq. 1; `extra` is one more logit per row that takes part and is dropped. A row of −∞ gives zeros. */
export function softmaxRows(scores: Float32Array, columns: number, extra?: (row: number) => number): Float32Array {
  const result = new Float32Array(scores.length);
  for (let row = 0; row * columns < scores.length; row++) {
    const from = row * columns;
    const sink = extra?.(row) ?? Number.NEGATIVE_INFINITY;
    let max = sink;
    for (let i = from; i < from + columns; i++) max = Math.max(max, scores[i] as number);
    if (max === Number.NEGATIVE_INFINITY) continue;
    let sum = Math.exp(sink - max);
    for (let i = from; i < from + columns; i++) {
      const value = Math.exp((scores[i] as number) - max);
      result[i] = value;
      sum += value;
    }
    for (let i = from; i < from + columns; i++) result[i] = (result[i] as number) / sum;
  }
  return result;
}

/** Shannon entropy in nats of the weights; they need not sum to 1 (a learned sink may take the rest). */
export function entropy(weights: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i] as number;
    if (weight > 0) total -= weight * Math.log(weight);
  }
  return total;
}

/** Indices of the `count` largest values, largest first; ties in order of position. */
export function topK(values: ArrayLike<number>, count: number): number[] {
  const order = Array.from({ length: values.length }, (_, i) => i);
  order.sort((a, b) => (values[b] as number) - (values[a] as number) || a - b);
  return order.slice(0, count);
}

/** Euclidean length of values[from … from + length). */
export function norm(values: ArrayLike<number>, from = 0, length = values.length - from): number {
  let sum = 0;
  for (let i = from; i < from + length; i++) sum += (values[i] as number) ** 2;
  return Math.sqrt(sum);
}

/** The `fraction` quantile (nearest rank, ceil) of the values; 0 for an empty list. */
export function quantile(values: ArrayLike<number>, fraction: number): number {
  if (values.length === 0) return 0;
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(fraction * sorted.length) - 1))] as number;
}
