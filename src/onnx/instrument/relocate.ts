// A file whose weights lie in data files beside it → the same file with its weights in data that holds nothing else: only the places of
// the weights are written anew. Small ones come into the file itself, as exporters without data files have them, so that they are read as constants.

import { bytesField, intField, join, textField } from '../file/encode';
import { everyPart } from '../file/everyPart';
import { type ExternalFile, externalPlace } from '../file/externalFiles';
import type { TensorPart } from '../file/messages/parts';
import type { OnnxModel } from '../file/model';

/** A data file that was read: the bytes of its ranges one after another. */
export interface ReadData extends ExternalFile {
  readonly data: Uint8Array;
}

export interface Relocated {
  readonly bytes: Uint8Array;
  /** Data by the location that the new bytes name. */
  readonly external: ReadonlyMap<string, Uint8Array>;
}

/** As shape inference wants it: numbers of shapes are in the file. */
const inlineLimit = 1024;

const entry = (key: string, value: string) => bytesField(13, join([textField(1, key), textField(2, value)]));

/** Where byte `offset` of the data file lies in what was read of it. */
function positionIn({ ranges }: ReadData, offset: number): number {
  let start = 0;
  for (const { from, to } of ranges) {
    if (offset >= from && offset <= to) return start + offset - from;
    start += to - from;
  }
  throw new RangeError('A weight lies outside of what was read.');
}

function relocatedTensor(
  tensor: TensorPart,
  place: { readonly location: string; readonly position: number; readonly size: number; readonly data: Uint8Array },
): Uint8Array {
  const { location, position, size, data } = place;
  const head = [...tensor.dims.map((dim) => intField(1, dim)), intField(2, tensor.type), textField(8, tensor.name)];
  if (size <= inlineLimit) return join([...head, bytesField(9, data.subarray(position, position + size))]);
  return join([...head, entry('location', location), entry('offset', String(position)), entry('length', String(size)), intField(14, 1)]);
}

/** `files` as externalFiles gave them, with what was read. Problems: those of externalPlace. */
export function relocate(model: Pick<OnnxModel, 'fileName' | 'bytes'>, folder: string, files: readonly ReadData[]): Relocated {
  // Two files of a model may be joined: their data keeps apart.
  const own = model.fileName.replace(/[^\w.-]/g, '_');
  const byLocation = new Map(files.map((file, i) => [file.location, { file, name: `weights-${i}-${own}` }]));
  const bytes = everyPart(model.bytes, {
    tensor: (tensor) => {
      if (!tensor.external) return undefined;
      const { location, from, to } = externalPlace(model, tensor, folder);
      const found = byLocation.get(location);
      if (!found) throw new RangeError('A data file was not read.');
      return relocatedTensor(tensor, { location: found.name, position: positionIn(found.file, from), size: to - from, data: found.file.data });
    },
  });
  return { bytes, external: new Map([...byLocation.values()].map(({ file, name }) => [name, file.data])) };
}
