// A stretch of a document, moved along with the edits of that document. Works on offsets only (UTF-16 code units).

export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** One edit: what stood at `rangeOffset` … `rangeOffset + rangeLength` is `text` now. */
export interface Edit {
  readonly rangeOffset: number;
  readonly rangeLength: number;
  readonly text: string;
}

/**
 * The stretch after one edit. What is inserted at its edges stays outside; what is typed over it, or over a part of it, belongs to it. Where far
 * more than the stretch was replaced, as when a file is read anew, it stays at its offsets.
 */
export function moved({ start, end }: Stretch, { rangeOffset, rangeLength, text }: Edit): Stretch {
  const to = rangeOffset + rangeLength;
  const shift = text.length - rangeLength;
  if (to < start || (to === start && (rangeLength > 0 || end > start))) return { start: start + shift, end: end + shift };
  if (rangeOffset >= end) return { start, end };
  const afterEdit = rangeOffset + text.length;
  if (rangeOffset < start && to > end) return { start: Math.min(start, afterEdit), end: Math.min(end, afterEdit) };
  return { start: Math.min(start, rangeOffset), end: Math.max(end + shift, afterEdit) };
}
