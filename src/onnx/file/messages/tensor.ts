// TensorProto (field numbers: onnx.proto3). Payloads are located, never decoded.

import { appendInts, eachField, type Field } from '../wire';
import type { Span, TensorPart } from './parts';
import { spanIn, textOf } from './span';

export function readTensor(span: Span): TensorPart {
  const { bytes } = span;
  const dims: number[] = [];
  const typed: { field: Field; bytes: Uint8Array }[] = [];
  const entries = new Map<string, string>();
  const found: { name: string; type: number; raw?: Span } = { name: '', type: 0 };
  let isExternal = false;
  eachField(bytes, span.from, span.to, (field) => {
    switch (field.number) {
      case 1:
        appendInts(dims, bytes, field, 64);
        break;
      case 2:
        found.type = field.value;
        break;
      case 4:
      case 5:
      case 6:
      case 7:
      case 10:
      case 11:
        typed.push({ field, bytes });
        break;
      case 8:
        found.name = textOf(bytes, field);
        break;
      case 9:
        found.raw = spanIn(bytes, field);
        break;
      case 13:
        readEntry(bytes, field, entries);
        break;
      case 14:
        isExternal = field.value === 1;
        break;
    }
  });
  if (!isExternal) return { ...found, dims, span, typed };
  const place = (key: string) => (entries.has(key) ? wholeNumber(entries.get(key) ?? '') : undefined);
  return { ...found, dims, span, typed, external: { location: entries.get('location') ?? '', offset: place('offset') ?? 0, length: place('length') } };
}

/** Digits only, as the runtime reads them; NaN for everything else. */
const wholeNumber = (text: string) => (/^\d+$/.test(text) ? Number(text) : Number.NaN);

function readEntry(bytes: Uint8Array, entry: Field, entries: Map<string, string>): void {
  let key = '';
  let value = '';
  eachField(bytes, entry.from, entry.to, (field) => {
    if (field.number === 1) key = textOf(bytes, field);
    if (field.number === 2) value = textOf(bytes, field);
  });
  entries.set(key, value);
}
