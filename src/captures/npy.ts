// NumPy's .npy format (numpy.lib.format, versions 1 to 3): one array of numbers in C order. Bounds before anything is read.

import type { GivenInput } from '../protocol/givenInputs';

type Read = (view: DataView, at: number) => number;

const readers: Readonly<Record<string, readonly [number, Read]>> = {
  '|b1': [1, (view, at) => view.getUint8(at)],
  '|u1': [1, (view, at) => view.getUint8(at)],
  '|i1': [1, (view, at) => view.getInt8(at)],
  '<i4': [4, (view, at) => view.getInt32(at, true)],
  '<u4': [4, (view, at) => view.getUint32(at, true)],
  '<i8': [8, (view, at) => Number(view.getBigInt64(at, true))],
  '<f4': [4, (view, at) => view.getFloat32(at, true)],
  '<f8': [8, (view, at) => view.getFloat64(at, true)],
};

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** What stands before the numbers of a float32 array in C order: version 1, filled with spaces so that they begin at a multiple of 64 bytes. */
export function npyHeader(dims: readonly number[]): Uint8Array {
  const shape = dims.length === 1 ? `(${dims[0]},)` : `(${dims.join(', ')})`;
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': ${shape}, }`;
  const start = magic.length + 4;
  const size = Math.ceil((start + text.length + 1) / 64) * 64;
  const bytes = new Uint8Array(size).fill(0x20);
  bytes.set([...magic, 1, 0]);
  new DataView(bytes.buffer).setUint16(magic.length + 2, size - start, true);
  bytes.set(new TextEncoder().encode(text), start);
  bytes[size - 1] = 0x0a;
  return bytes;
}

/** The array; a reason where the file is none that can be read. An array of no axes is one number. */
export function readNpy(bytes: Uint8Array): GivenInput | string {
  if (bytes.length < 12 || magic.some((byte, i) => bytes[i] !== byte)) return 'it is no .npy file';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isLong = (bytes[6] as number) > 1;
  const start = isLong ? 12 : 10;
  const end = start + (isLong ? view.getUint32(8, true) : view.getUint16(8, true));
  if (end > bytes.length) return 'it is cut off';
  const header = new TextDecoder('latin1').decode(bytes.subarray(start, end));
  const kind = /'descr':\s*'([^']+)'/.exec(header)?.[1] ?? '';
  const shape = /'shape':\s*\(([\d, ]*)\)/.exec(header)?.[1];
  const reader = readers[kind];
  if (!reader || shape === undefined) return `its numbers are of the kind ${kind.slice(0, 20) || 'unknown'}`;
  if (/'fortran_order':\s*True/.test(header)) return 'it is in Fortran order';
  const dims = shape.split(',').flatMap((part) => (part.trim() === '' ? [] : [Number(part)]));
  const count = dims.reduce((product, dim) => product * dim, 1);
  const [width, read] = reader;
  if (end + count * width !== bytes.length) return 'its size is not that of its shape';
  const values = Array.from({ length: count }, (_, i) => read(view, end + i * width));
  return dims.length === 0 ? { values } : { values, dims };
}
