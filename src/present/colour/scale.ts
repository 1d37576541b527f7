// Domains: which range of numbers a picture spreads over its colours, and where a number falls in it.
// Never widens or narrows a domain silently: what lies beyond is reported by isBeyond and marked by the picture.

/** The closed range [min, max] that the 256 colours of a legend stand for. */
export interface Domain {
  readonly min: number;
  readonly max: number;
}

export const unitDomain: Domain = { min: 0, max: 1 };

/** Index 0 … 255 of `value` in the colour table; values beyond the domain take the nearest end. 0 for an empty domain. */
export function levelOf(value: number, domain: Domain): number {
  const extent = domain.max - domain.min;
  if (!(extent > 0)) return 0;
  const level = Math.round(((value - domain.min) / extent) * 255);
  return Math.min(255, Math.max(0, level));
}

/** True where the colour would say less than the number: the cell is marked ▲. */
export function isBeyond(value: number, domain: Domain): boolean {
  return value > domain.max || value < domain.min;
}
