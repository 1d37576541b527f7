// Which stretch of a text is the sentence at a place. Knows nothing of editors.
// Sentence borders are those of Unicode (UAX #29, Intl.Segmenter); lines are joined to paragraphs first.

export interface TextRange {
  /** UTF-16 code units. */
  readonly start: number;
  readonly end: number;
}

/** Lines at least this long may be wrapped: the sentence goes on in the next one. */
const wrappedLineLength = 60;

/** No sentence is looked for farther away than this: a file may be one line of megabytes. */
const reach = 5_000;

const segmenter = new Intl.Segmenter(undefined, { granularity: 'sentence' });

/** The sentence of `text` at `offset` without the white space around it; undefined on a blank line. */
export function findSentence(text: string, offset: number): TextRange | undefined {
  const paragraph = paragraphAt(text, offset);
  const flat = text.slice(paragraph.start, paragraph.end).replace(/[\r\n]/g, ' ');
  const found = segmentAt(flat, offset - paragraph.start);
  if (!found) return undefined;
  return { start: paragraph.start + found.start, end: paragraph.start + found.end };
}

/** The sentence at `offset`; the one before it in the white space behind a sentence. */
function segmentAt(flat: string, offset: number): TextRange | undefined {
  let last: TextRange | undefined;
  for (const { segment, index } of segmenter.segment(flat)) {
    const trimmed = trim(segment, index);
    if (!trimmed) continue;
    last = trimmed;
    if (offset < index + segment.length) return last;
  }
  return last;
}

function trim(segment: string, index: number): TextRange | undefined {
  const text = segment.trim();
  if (text === '') return undefined;
  const start = index + segment.indexOf(text);
  return { start, end: start + text.length };
}

/** The lines around `offset` that read on into each other. */
function paragraphAt(text: string, offset: number): TextRange {
  let line = lineAt(text, offset);
  const last = { start: line.start, end: line.end };
  while (line.start > 0 && last.start > offset - reach) {
    const previous = lineAt(text, line.start - 1);
    if (!readsOn(text.slice(previous.start, previous.end), text.slice(line.start, line.end))) break;
    last.start = previous.start;
    line = previous;
  }
  line = lineAt(text, offset);
  while (line.end < text.length && last.end < offset + reach) {
    const next = lineAt(text, line.end + 1);
    if (!readsOn(text.slice(line.start, line.end), text.slice(next.start, next.end))) break;
    last.end = next.end;
    line = next;
  }
  return { start: Math.max(last.start, offset - reach), end: Math.min(last.end, offset + reach) };
}

function lineAt(text: string, offset: number): TextRange {
  const start = offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  return { start, end: end < 0 ? text.length : end };
}

/** Whether a sentence may go over this line break: only a long line is taken as wrapped, a short one is a line of a list. */
function readsOn(line: string, next: string): boolean {
  return line.trimEnd().length >= wrappedLineLength && next.trim() !== '';
}
