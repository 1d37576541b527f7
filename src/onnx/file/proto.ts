// Reads the messages of an ONNX file (field numbers: onnx.proto3).

import type { Attribute, NodePart, Span, TensorPart, ValuePart } from './messages/parts';
import { appendInts, eachField, type Field, signedAt, WireError } from './wire';

const listLimit = 1_000_000;
/** Of the tensors, and of the attributes, of one operation; the widest of real models have a few hundred. */
const nodeListLimit = 20_000;
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

const textOf = (bytes: Uint8Array, field: Field) => (field.wireType === 2 ? textAt(bytes, field.from, field.to) : '');

export function readNode(span: Span): NodePart {
  const { bytes } = span;
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, Attribute>();
  const found = { name: '', op: '', domain: '' };
  eachField(bytes, span.from, span.to, (field) => {
    if (Math.max(inputs.length, outputs.length, attributes.size) > nodeListLimit)
      throw new WireError('malformed', `one of its operations has more than ${nodeListLimit} tensors or attributes`);
    switch (field.number) {
      case 1:
        inputs.push(textOf(bytes, field));
        break;
      case 2:
        outputs.push(textOf(bytes, field));
        break;
      case 3:
        found.name = textOf(bytes, field);
        break;
      case 4:
        found.op = textOf(bytes, field);
        break;
      case 5: {
        const attribute = readAttribute(spanIn(bytes, field));
        attributes.set(attribute.name, attribute);
        break;
      }
      case 7:
        found.domain = textOf(bytes, field);
        break;
    }
  });
  if (found.domain === 'ai.onnx') found.domain = '';
  return { ...found, inputs, outputs, attributes, span };
}

export function readAttribute(span: Span): Attribute {
  const { bytes } = span;
  const ints: number[] = [];
  const floats: number[] = [];
  const graphs: Span[] = [];
  const found: { name: string; int?: number; float?: number; text?: string; tensor?: TensorPart; reference?: string } = { name: '' };
  eachField(bytes, span.from, span.to, (field) => {
    switch (field.number) {
      case 1:
        found.name = textOf(bytes, field);
        break;
      case 2:
        found.float = floatAt(bytes, field.from);
        break;
      case 3:
        found.int = signedAt(bytes, field.from, field.to);
        break;
      case 4:
        found.text = textOf(bytes, field);
        break;
      case 5:
        found.tensor = readTensor(spanIn(bytes, field));
        break;
      case 6:
      case 11:
        graphs.push(spanIn(bytes, field));
        break;
      case 7:
        for (let at = field.from; at + 4 <= field.to && floats.length < listLimit; at += 4) floats.push(floatAt(bytes, at));
        break;
      case 8:
        appendInts(ints, bytes, field, listLimit);
        break;
      case 21:
        found.reference = textOf(bytes, field);
        break;
    }
  });
  return { ...found, span, ints, floats, graphs };
}

function floatAt(bytes: Uint8Array, at: number): number {
  if (at + 4 > bytes.length) throw new WireError('truncated', 'it ends in the middle of a number');
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getFloat32(at, true);
}

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

/** TypeProto: 4 sequence_type, 5 map_type, 7 opaque_type, 8 sparse_tensor_type, 9 optional_type. */
const otherTypes: readonly number[] = [4, 5, 7, 8, 9];

/** ValueInfoProto: 1 name, 2 type {1 tensor_type {1 elem_type, 2 shape {1 dim {1 value, 2 name}}}}. */
export function readValue(span: Span): ValuePart {
  const { bytes } = span;
  const found: { name: string; type: number; isTensor: boolean; dims?: (number | string | undefined)[] } = { name: '', type: 0, isTensor: true };
  const readTensorType = (type: Field) =>
    eachField(bytes, type.from, type.to, (field) => {
      if (field.number === 1) found.type = field.value;
      if (field.number !== 2) return;
      const dims: (number | string | undefined)[] = [];
      eachField(bytes, field.from, field.to, (dim) => dim.number === 1 && dims.push(readDim(bytes, dim)));
      found.dims = dims;
    });
  eachField(bytes, span.from, span.to, (field) => {
    if (field.number === 1) found.name = textOf(bytes, field);
    if (field.number !== 2) return;
    eachField(bytes, field.from, field.to, (inner) => {
      if (inner.wireType !== 2) return;
      if (inner.number === 1) readTensorType(inner);
      else if (otherTypes.includes(inner.number)) found.isTensor = false;
    });
  });
  return { ...found, span };
}

function readDim(bytes: Uint8Array, dim: Field): number | string | undefined {
  let result: number | string | undefined;
  eachField(bytes, dim.from, dim.to, (field) => {
    if (field.number === 1) result = signedAt(bytes, field.from, field.to);
    if (field.number === 2) result = textOf(bytes, field) || undefined;
  });
  return typeof result === 'number' && result < 0 ? undefined : result;
}
