// The two inner loops that the checks spend their time in: a sum of weighted rows of a matrix, and a dot product.
// Four terms at a time: the sum is read and written a quarter as often, and additions need not wait for each other.

/** Rows of a row-major matrix: each `width` long. */
export interface MatrixRows {
  readonly data: Float32Array;
  readonly width: number;
  /** Start of row 0, and from row to row. */
  readonly start: number;
  readonly stride: number;
}

/** sum[o] += Σ_i weights[from + i] · row_i[o], i < count. One kind of array for each: with several the loop takes twice as long. */
export function addWeightedRows(sum: Float64Array, rows: MatrixRows, weights: Float32Array, from: number, count: number): void {
  const { data, width, start, stride } = rows;
  let i = 0;
  for (; i + 3 < count; i += 4) {
    const [a, b, c, d] = [weights[from + i] as number, weights[from + i + 1] as number, weights[from + i + 2] as number, weights[from + i + 3] as number];
    const atA = start + i * stride;
    const [atB, atC, atD] = [atA + stride, atA + 2 * stride, atA + 3 * stride];
    for (let o = 0; o < width; o++)
      sum[o] =
        (sum[o] as number) + a * (data[atA + o] as number) + b * (data[atB + o] as number) + c * (data[atC + o] as number) + d * (data[atD + o] as number);
  }
  for (; i < count; i++) {
    const weight = weights[from + i] as number;
    const at = start + i * stride;
    for (let o = 0; o < width; o++) sum[o] = (sum[o] as number) + weight * (data[at + o] as number);
  }
}

/** Σ_i a[atA + i] · b[atB + i], i < count. */
export function dot(a: Float32Array, atA: number, b: Float32Array, atB: number, count: number): number {
  let [first, second, third, fourth] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 3 < count; i += 4) {
    first += (a[atA + i] as number) * (b[atB + i] as number);
    second += (a[atA + i + 1] as number) * (b[atB + i + 1] as number);
    third += (a[atA + i + 2] as number) * (b[atB + i + 2] as number);
    fourth += (a[atA + i + 3] as number) * (b[atB + i + 3] as number);
  }
  for (; i < count; i++) first += (a[atA + i] as number) * (b[atB + i] as number);
  return first + second + third + fourth;
}
