// Code points ↔ UTF-16: the Rust side counts code points, Token ranges count UTF-16 code units.

/**
 * Index of every code point's first UTF-16 code unit, and the length at the end: `[codePoint]` → code unit.
 * A lone surrogate counts as one code point, as it does in UTF-8 after it became U+FFFD.
 */
export function codePointOffsets(text: string): Uint32Array {
  const offsets = new Uint32Array(text.length + 1);
  let count = 0;
  let unit = 0;
  while (unit < text.length) {
    offsets[count] = unit;
    count += 1;
    unit += (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
  }
  offsets[count] = text.length;
  return offsets.subarray(0, count + 1);
}
