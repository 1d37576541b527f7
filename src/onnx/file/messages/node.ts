// NodeProto and AttributeProto (field numbers: onnx.proto3).

import { appendInts, eachField, signedAt, WireError } from '../wire';
import type { Attribute, NodePart, Span, TensorPart } from './parts';
import { spanIn, textOf } from './span';
import { readTensor } from './tensor';

const listLimit = 1_000_000;
/** Of the tensors, and of the attributes, of one operation; the widest of real models have a few hundred. */
const nodeListLimit = 20_000;

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
