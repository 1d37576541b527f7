// How numbers are written: one way for each kind of number, everywhere.

/** `0.843`; very small but not zero is written `<0.001`, so that nothing measured reads as nothing. */
export function weightText(weight: number): string {
  if (weight > 0 && weight < 0.0005) return '<0.001';
  return weight.toFixed(3);
}

/** Six decimals, for tables: the number as the file has it, to the last place that float32 weights near 1 hold. */
export function exactText(weight: number): string {
  return weight.toFixed(6);
}

/** `.84` style is avoided: `0.84`, for cells. */
export function cellText(weight: number): string {
  return weight.toFixed(2);
}

/** `0`, `1`, or two decimals (three below 0.1), for the ends of a legend. */
export function limitText(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) < 0.1 ? String(Number(value.toPrecision(2))).replace('-', '−') : value.toFixed(2).replace('-', '−');
}

/** `3.1e−7`; `1.8` from 0.01 up. */
export function deviationText(value: number): string {
  if (value >= 0.01) return value.toPrecision(2);
  return value === 0 ? '0' : value.toExponential(1).replace('-', '−').replace('+', '');
}

/** `equals the model’s own z (2.4e−7)`, or how far it is off. */
export function agreementWords(relative: number, tolerance: number, own: string): { readonly isEqual: boolean; readonly text: string } {
  const isEqual = relative <= tolerance;
  return { isEqual, text: `${isEqual ? 'equals' : 'is not'} the model’s own ${own} (${isEqual ? '' : 'off by '}${deviationText(relative)})` };
}

/** `71 %`; `<1 %` for a share that is small but not zero, `>99 %` for one that is almost but not quite all. */
export function percentText(share: number): string {
  if (share > 0 && share < 0.005) return '<1 %';
  if (share < 1 && share >= 0.995) return '>99 %';
  return `${Math.round(share * 100)} %`;
}

/** `1,930` */
export function countText(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1st`, `2nd`, `3rd`, `4th`, `11th`, `21st` */
export function ordinalText(rank: number): string {
  const teen = rank % 100 >= 11 && rank % 100 <= 13;
  const ending = teen ? 'th' : (['th', 'st', 'nd', 'rd'][rank % 10] ?? 'th');
  return `${rank}${ending}`;
}
