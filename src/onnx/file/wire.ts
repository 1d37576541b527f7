// The protobuf wire format, read by byte offset: fields are located, payloads stay where they are.
// Knows nothing of ONNX; what breaks off or cannot be is a WireError, which readModel turns into a Problem.

/** The bytes are no well-formed protobuf message; `kind` says whether they end too early. */
export class WireError extends Error {
  constructor(
    readonly kind: 'truncated' | 'malformed',
    message: string,
  ) {
    super(message);
  }
}

/** One field of a message. Wire type 2: the payload is [from, to); wire type 0: `value`; fixed types: the bytes [from, to). */
export interface Field {
  readonly number: number;
  readonly wireType: number;
  /** Where the tag begins; [start, to) is the whole field. */
  readonly start: number;
  readonly from: number;
  readonly to: number;
  /** Unsigned; exact below 2^53 (negative int64 need signedAt). */
  readonly value: number;
}

/** Reads fields one after another; the object it hands out is a fresh one for each field. */
export class FieldReader {
  constructor(
    private readonly bytes: Uint8Array,
    private at: number,
    private readonly end: number,
  ) {}

  next(): Field | undefined {
    if (this.at >= this.end) return undefined;
    const start = this.at;
    const tag = this.varint();
    const wireType = tag % 8;
    const number = (tag - wireType) / 8;
    if (number === 0) throw new WireError('malformed', 'it has a field with number 0');
    let value = 0;
    let from = this.at;
    if (wireType === 0) value = this.varint();
    else {
      const length = wireType === 2 ? this.varint() : wireType === 1 ? 8 : wireType === 5 ? 4 : -1;
      if (length < 0) throw new WireError('malformed', `its bytes are not those of an ONNX file (wire type ${wireType})`);
      from = this.at;
      if (length > this.end - from) throw new WireError('truncated', 'a part is longer than what is left of the file');
      this.at = from + length;
    }
    return { number, wireType, start, from, to: this.at, value };
  }

  private varint(): number {
    let value = 0;
    let factor = 1;
    for (let count = 0; count < 10; count++) {
      if (this.at >= this.end) throw new WireError('truncated', 'it ends in the middle of a number');
      const byte = this.bytes[this.at++] as number;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
    throw new WireError('malformed', 'a number is longer than ten bytes');
  }
}

/** Calls `visit` for each field of the message at [from, to). */
export function eachField(bytes: Uint8Array, from: number, to: number, visit: (field: Field) => void): void {
  const reader = new FieldReader(bytes, from, to);
  for (let field = reader.next(); field; field = reader.next()) visit(field);
}

/** The int64 of a varint field, negative values included. */
export function signedAt(bytes: Uint8Array, from: number, to: number): number {
  let value = 0n;
  for (let i = Math.min(to, from + 10) - 1; i >= from; i--) value = (value << 7n) | BigInt((bytes[i] as number) & 127);
  return Number(BigInt.asIntN(64, value));
}

/** The numbers of a repeated int64 field, packed (wire type 2) or one by one (0). At most `limit` in all. */
export function appendInts(list: number[], bytes: Uint8Array, field: Field, limit: number): void {
  if (field.wireType === 0) list.push(field.to - field.from < 8 ? field.value : signedAt(bytes, field.from, field.to));
  if (field.wireType !== 2) return;
  for (let at = field.from; at < field.to; ) {
    let end = at;
    while (end < field.to && (bytes[end] as number) > 127) end++;
    if (end >= field.to) throw new WireError('truncated', 'it ends in the middle of a number');
    if (list.length >= limit) throw new WireError('malformed', `a list has more than ${limit} numbers`);
    list.push(end - at < 7 ? smallVarint(bytes, at, end) : signedAt(bytes, at, end + 1));
    at = end + 1;
  }
}

function smallVarint(bytes: Uint8Array, at: number, last: number): number {
  let value = 0;
  for (let i = last; i >= at; i--) value = value * 128 + ((bytes[i] as number) & 127);
  return value;
}
