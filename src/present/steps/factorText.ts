// How the factor of a score is written: as the root that it comes from, where it comes from one.

/** `÷ √32`, `× 0.125`, `× 1/√32`; a factor of another kind as a number. `divides`: the model divides by it. */
export function factorText(factor: number, divides: boolean): string {
  const square = 1 / factor ** 2;
  const whole = Math.round(square);
  const isRoot = factor > 0 && whole > 1 && Math.abs(square / whole - 1) < 1e-5;
  const plain = (value: number) => String(Number(value.toPrecision(4))).replace('-', '−');
  if (divides) return isRoot ? `÷ √${whole}` : `÷ ${plain(1 / factor)}`;
  const isShort = String(factor).length <= 6;
  return isRoot && !isShort ? `× 1/√${whole}` : `× ${plain(factor)}`;
}
