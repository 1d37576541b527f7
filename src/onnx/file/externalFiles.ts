// Which data files an ONNX file keeps weights in, and which bytes of them, as it says itself. Opens nothing.

import { refuse } from '../../core/problem';
import { elementBits } from './elementTypes';
import { everyPart } from './everyPart';
import type { TensorPart } from './messages/parts';
import type { OnnxModel } from './model';

/** Bytes [from, to) of a data file. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

export interface ExternalFile {
  /** Relative to the model's folder, in plain form: no `./`, no `..`, forward slashes. */
  readonly location: string;
  /** The file must be at least this long. */
  readonly sizeInBytes: number;
  /** What weights are made of, in order, apart from each other: nothing else need be read. */
  readonly ranges: readonly ByteRange[];
}

/** Weights that lie less than this apart are read in one piece: what is between them is alignment. */
const smallestGap = 4096;

/** The location as the runtime wants it. */
export function plainLocation(location: string): string {
  return location.replace(/^(\.[/\\])+/, '');
}

/** Relative to the model's folder; undefined where it leads out of it. `folder` is that of the ONNX file: '' or 'onnx/'. */
export function locationInRoot(folder: string, location: string): string | undefined {
  if (location === '' || /^([/\\]|[a-z]:|\w+:\/\/)/i.test(location) || location.includes('\0')) return undefined;
  const parts: string[] = [];
  for (const part of `${folder}${location}`.split(/[/\\]/)) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.length > 0 ? parts.join('/') : undefined;
}

/** Place and size of a tensor that lies outside. Problems: externalDataOutside, notOnnx (places and lengths that cannot be). */
export function externalPlace(model: Pick<OnnxModel, 'fileName'>, tensor: TensorPart, folder: string): ByteRange & { readonly location: string } {
  const { location, offset, length } = tensor.external ?? { location: '', offset: 0 };
  const file = model.fileName;
  const place = locationInRoot(folder, location) ?? refuse('externalDataOutside', { file, location: location.slice(0, 200) });
  const bits = elementBits(tensor.type);
  const expected = Math.ceil((tensor.dims.reduce((product, dim) => product * dim, 1) * (bits ?? 8)) / 8);
  const own = length ?? expected;
  const name = tensor.name.slice(0, 80);
  if (bits !== undefined && own !== expected) refuse('notOnnx', { file, reason: `the weight "${name}" should have ${expected} bytes and has ${own}` });
  if (!Number.isSafeInteger(offset + own) || offset < 0 || own < 0)
    refuse('notOnnx', { file, reason: `the weight "${name}" lies at an impossible place of "${location.slice(0, 80)}"` });
  return { location: place, from: offset, to: offset + own };
}

/** Ranges in order; those that overlap, touch or nearly touch are one. */
function merged(ranges: readonly ByteRange[]): ByteRange[] {
  const result: { from: number; to: number }[] = [];
  for (const { from, to } of [...ranges].sort((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last && from <= last.to + smallestGap) last.to = Math.max(last.to, to);
    else result.push({ from, to });
  }
  return result;
}

/** Data files of a model whose ONNX file lies in `folder` ('' or 'onnx/') of the model's folder; also those of its sub-graphs. Problems: those of externalPlace. */
export function externalFiles(model: Pick<OnnxModel, 'fileName' | 'bytes'>, folder = ''): ExternalFile[] {
  const found = new Map<string, ByteRange[]>();
  everyPart(model.bytes, {
    tensor: (tensor) => {
      if (!tensor.external) return undefined;
      const { location, from, to } = externalPlace(model, tensor, folder);
      const ranges = found.get(location) ?? [];
      found.set(location, ranges);
      ranges.push({ from, to });
      return undefined;
    },
  });
  return [...found].map(([location, list]) => {
    const ranges = merged(list);
    return { location, sizeInBytes: ranges.at(-1)?.to ?? 0, ranges };
  });
}
