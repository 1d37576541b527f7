// Weights stay where they are: in the small models made here they point into the original file's bytes, which are mounted unchanged.

import { bytesField, intField, join, textField } from '../file/encode';
import { externalFiles, plainLocation } from '../file/externalFiles';
import type { TensorPart } from '../file/messages/parts';
import { bytesOf } from '../file/messages/span';
import type { OnnxModel } from '../file/model';
import { eachField } from '../file/wire';

/** Smaller payloads stay inline: shape inference reads them. */
const inlineLimit = 1024;

/** A file that the runtime must be given beside the bytes. */
export interface Mounted {
  readonly path: string;
  /** 'original': the bytes of the ONNX file itself; otherwise a location of external data. */
  readonly what: string;
}

/** Files to mount, and the name under which the original is mounted. */
export function mountsOf(model: OnnxModel): { readonly mounted: Mounted[]; readonly original: string } {
  const locations = externalFiles(model).map((file) => file.location);
  let original = 'original.onnx';
  while (locations.includes(original)) original = `_${original}`;
  return { original, mounted: [{ path: original, what: 'original' }, ...locations.map((location) => ({ path: location, what: location }))] };
}

const entry = (key: string, value: string) => bytesField(13, join([textField(1, key), textField(2, value)]));

/** TensorProto bytes with a large payload replaced by its place in the original file; `name` renames it. */
export function externalTensor(model: OnnxModel, tensor: TensorPart, original: string, name = tensor.name): Uint8Array {
  const { raw, external } = tensor;
  const size = raw ? raw.to - raw.from : 0;
  const isMovable = raw !== undefined && raw.bytes === model.bytes && size >= inlineLimit && !external;
  if (!isMovable && name === tensor.name && (!external || plainLocation(external.location) === external.location)) return bytesOf(tensor.span);
  const head = [...tensor.dims.map((dim) => intField(1, dim)), intField(2, tensor.type), textField(8, name)];
  if (isMovable) return join([...head, entry('location', original), entry('offset', String(raw.from)), entry('length', String(size)), intField(14, 1)]);
  if (external) {
    const { location, offset, length } = external;
    return join([
      ...head,
      entry('location', plainLocation(location)),
      entry('offset', String(offset)),
      ...(length === undefined ? [] : [entry('length', String(length))]),
      intField(14, 1),
    ]);
  }
  const pieces: Uint8Array[] = [textField(8, name)];
  const { bytes, from, to } = tensor.span;
  eachField(bytes, from, to, (field) => field.number !== 8 && pieces.push(bytes.subarray(field.start, field.to)));
  return join(pieces);
}
