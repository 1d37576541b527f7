// Protobuf messages as lists of fields, read and written without a schema. For tests: no streaming, everything in memory.

export interface Field {
  readonly number: number;
  readonly wire: 0 | 1 | 2 | 5;
  /** Wire 0: the varint. Others: the payload. */
  readonly value: bigint | Uint8Array;
}

function readVarint(bytes: Uint8Array, from: number): { value: bigint; next: number } {
  let value = 0n;
  let shift = 0n;
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    value |= BigInt(byte & 127) << shift;
    if (byte < 128) return { value, next: at + 1 };
    shift += 7n;
  }
  throw new Error('a varint runs beyond the end');
}

/** The fields of a message in order. Throws when it is malformed. */
export function readFields(bytes: Uint8Array): Field[] {
  const fields: Field[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = readVarint(bytes, at);
    const number = Number(tag.value >> 3n);
    const wire = Number(tag.value & 7n) as Field['wire'];
    at = tag.next;
    if (wire === 0) {
      const { value, next } = readVarint(bytes, at);
      fields.push({ number, wire, value });
      at = next;
      continue;
    }
    const length = wire === 1 ? 8 : wire === 5 ? 4 : readVarint(bytes, at);
    const start = typeof length === 'number' ? at : length.next;
    const end = start + (typeof length === 'number' ? length : Number(length.value));
    if (end > bytes.length || ![1, 2, 5].includes(wire)) throw new Error('a field runs beyond the end');
    fields.push({ number, wire, value: bytes.subarray(start, end) });
    at = end;
  }
  return fields;
}

function varint(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  return bytes;
}

/** The message that has these fields. */
export function writeFields(fields: readonly Field[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const { number, wire, value } of fields) {
    parts.push(Uint8Array.from(varint(BigInt(number * 8 + wire))));
    if (typeof value === 'bigint') parts.push(Uint8Array.from(varint(value)));
    else {
      if (wire === 2) parts.push(Uint8Array.from(varint(BigInt(value.length))));
      parts.push(value);
    }
  }
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Payloads of the length-delimited fields of that number. */
export function payloadsOf(fields: readonly Field[], number: number): Uint8Array[] {
  return fields.filter((field) => field.number === number && field.value instanceof Uint8Array).map((field) => field.value as Uint8Array);
}

/** Strings of that field number. */
export function stringsOf(fields: readonly Field[], number: number): string[] {
  return payloadsOf(fields, number).map((payload) => decoder.decode(payload));
}

export function bytesField(number: number, value: Uint8Array): Field {
  return { number, wire: 2, value };
}

export function stringField(number: number, value: string): Field {
  return bytesField(number, encoder.encode(value));
}

export function numberField(number: number, value: number | bigint): Field {
  return { number, wire: 0, value: BigInt(value) };
}
