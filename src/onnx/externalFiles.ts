// Which data files an ONNX file keeps weights in, as it says itself. Opens nothing.

import { refuse } from '../core/problem';
import { elementBits } from './elementTypes';
import type { OnnxModel } from './model';
import type { TensorPart } from './proto';

export interface ExternalFile {
  /** As written in the ONNX file, without a leading `./`; relative to its folder. */
  readonly location: string;
  /** The file must be at least this long. */
  readonly sizeInBytes: number;
}

/** The location as the runtime wants it. */
export function plainLocation(location: string): string {
  return location.replace(/^(\.[/\\])+/, '');
}

function isOutside(location: string): boolean {
  return location === '' || /^([/\\]|[a-z]:|\w+:\/\/)/i.test(location) || location.split(/[/\\]/).includes('..') || location.includes('\0');
}

function tensorsOf(model: OnnxModel): TensorPart[] {
  const inNodes = model.nodes.flatMap((node) => [...node.attributes.values()].flatMap((attribute) => (attribute.tensor?.external ? [attribute.tensor] : [])));
  return [...model.initializers.values(), ...inNodes];
}

/** Problems: externalDataOutside (a location outside the folder), notOnnx (offsets that cannot be). */
export function externalFiles(model: OnnxModel): ExternalFile[] {
  const sizes = new Map<string, number>();
  for (const tensor of tensorsOf(model)) {
    if (!tensor.external) continue;
    const { location, offset, length } = tensor.external;
    if (isOutside(plainLocation(location))) refuse('externalDataOutside', { file: model.fileName, location: location.slice(0, 200) });
    const bits = elementBits(tensor.type);
    const expected = Math.ceil((tensor.dims.reduce((product, dim) => product * dim, 1) * (bits ?? 8)) / 8);
    const own = length ?? expected;
    const end = offset + own;
    if (bits !== undefined && own !== expected)
      refuse('notOnnx', { file: model.fileName, reason: `the weight "${tensor.name.slice(0, 80)}" should have ${expected} bytes and has ${own}` });
    if (!Number.isSafeInteger(end) || offset < 0 || own < 0)
      refuse('notOnnx', { file: model.fileName, reason: `the weight "${tensor.name.slice(0, 80)}" lies at an impossible place of "${location.slice(0, 80)}"` });
    const plain = plainLocation(location);
    sizes.set(plain, Math.max(end, sizes.get(plain) ?? 0));
  }
  return [...sizes].map(([location, sizeInBytes]) => ({ location, sizeInBytes }));
}
