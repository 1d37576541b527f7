// What a person writes for an input (`0`, `[[1, 1, 0]]`) → its numbers. Files are read elsewhere.

import type { GivenInput } from './givenInputs';

const mostNumbers = 4_000_000;

/** Dimensions of nested lists; undefined where they are ragged or hold anything but numbers. */
function dimsOf(value: unknown): readonly number[] | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? [] : undefined;
  if (typeof value === 'boolean') return [];
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const inner = value.map(dimsOf);
  const [first] = inner;
  return first && inner.every((dims) => dims?.join() === first.join()) ? [value.length, ...first] : undefined;
}

/** One number fills the input; nested lists give its shape. A reason where it is neither. */
export function readGiven(text: string): GivenInput | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return `"${text.slice(0, 40)}" is no number and no JSON list`;
  }
  const dims = dimsOf(value);
  if (!dims) return 'its lists are not of one shape, or hold something else than numbers';
  const values = [value].flat(Number.POSITIVE_INFINITY).map(Number);
  if (values.length > mostNumbers) return `it has ${values.length} numbers`;
  return dims.length === 0 ? { values } : { values, dims };
}
