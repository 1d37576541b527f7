// ValueInfoProto and the types in it (field numbers: onnx.proto3).

import { eachField, type Field, signedAt } from '../wire';
import type { Span, ValuePart } from './parts';
import { textOf } from './span';

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
