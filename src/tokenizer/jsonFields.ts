// The fields of one JSON object in the bytes of a long file, each with its place, without building the vocabularies that stand beside them.

export interface JsonSpan {
  readonly from: number;
  readonly to: number;
}

const code = (letter: string) => letter.charCodeAt(0);
const [quote, backslash, comma, colon] = [code('"'), code('\\'), code(','), code(':')];
const openers = new Set([code('{'), code('[')]);
const closers = new Set([code('}'), code(']')]);
const blanks = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** Behind the string that begins at `at`. */
function afterString(json: Uint8Array, at: number): number {
  let end = at + 1;
  while (end < json.length && json[end] !== quote) end += json[end] === backslash ? 2 : 1;
  return end + 1;
}

/** Behind the value that begins at `at`. */
function afterValue(json: Uint8Array, at: number, end: number): number {
  let depth = 0;
  for (let here = at; here < end; ) {
    const byte = json[here] as number;
    if (byte === quote) {
      here = afterString(json, here);
      if (depth === 0) return here;
      continue;
    }
    if (depth === 0 && (byte === comma || closers.has(byte))) return here;
    if (openers.has(byte)) depth++;
    if (closers.has(byte) && --depth === 0) return here + 1;
    here++;
  }
  return end;
}

/** Field name → place of its value; empty where no object stands at `from`. The bytes are JSON already: somebody has read them. */
export function jsonFields(json: Uint8Array, { from, to }: JsonSpan): Map<string, JsonSpan> {
  const fields = new Map<string, JsonSpan>();
  let at = from;
  const skip = (also: number) => {
    while (at < to && (blanks.has(json[at] as number) || json[at] === also)) at++;
  };
  skip(0);
  if (json[at] !== code('{')) return fields;
  at++;
  for (skip(comma); at < to && json[at] === quote; skip(comma)) {
    const nameEnd = afterString(json, at);
    const name = jsonValue(json, { from: at, to: nameEnd });
    at = nameEnd;
    skip(colon);
    const end = afterValue(json, at, to);
    if (typeof name === 'string') fields.set(name, { from: at, to: end });
    at = end;
  }
  return fields;
}

/** A small value; undefined where it is no JSON. */
export function jsonValue(json: Uint8Array, { from, to }: JsonSpan): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(json.subarray(from, to)));
  } catch {
    return undefined;
  }
}
