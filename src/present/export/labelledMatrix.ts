// Numbers with the names of their rows and columns, as they are copied: nothing is rounded, scaled or left out.

export interface LabelledMatrix {
  /** `Attention weights of L0H3 …`: what the numbers are, in one line. */
  readonly title: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** [row, column] */
  readonly values: Float32Array;
  /** Cells that the mask forbids: their weight is what the model has there. */
  readonly isMasked: (row: number, column: number) => boolean;
}

/** The fewest digits from which the same float32 comes back, bit for bit. */
export function floatText(value: number): string {
  if (Object.is(value, -0)) return '-0';
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  for (let digits = 1; digits < 9; digits++) {
    const text = String(Number(value.toPrecision(digits)));
    if (Math.fround(Number(text)) === value) return text;
  }
  return String(Number(value.toPrecision(9)));
}

/** The part of a matrix with these rows only. */
export function withRows(matrix: LabelledMatrix, rows: readonly number[]): LabelledMatrix {
  const width = matrix.columns.length;
  const values = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    values.set(matrix.values.subarray(row * width, (row + 1) * width), i * width);
  });
  return { ...matrix, rows: rows.map((row) => matrix.rows[row] ?? ''), values, isMasked: (row, column) => matrix.isMasked(rows[row] as number, column) };
}
