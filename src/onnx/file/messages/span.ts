// Parts of a file's bytes, and the names in them.

import type { Field } from '../wire';
import type { Span } from './parts';

const decoder = new TextDecoder();

export const spanIn = (bytes: Uint8Array, field: Field): Span => ({ bytes, from: field.from, to: field.to });
export const bytesOf = (span: Span): Uint8Array => span.bytes.subarray(span.from, span.to);

/** Short names without a decoder call: most names are ASCII. */
export function textAt(bytes: Uint8Array, from: number, to: number): string {
  if (to - from > 200) return decoder.decode(bytes.subarray(from, to));
  let text = '';
  for (let i = from; i < to; i++) {
    const byte = bytes[i] as number;
    if (byte > 127) return decoder.decode(bytes.subarray(from, to));
    text += String.fromCharCode(byte);
  }
  return text;
}

export const textOf = (bytes: Uint8Array, field: Field) => (field.wireType === 2 ? textAt(bytes, field.from, field.to) : '');
