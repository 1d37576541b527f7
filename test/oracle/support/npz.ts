// Reads an NPZ file as `capture` writes it: .npy files of float32 in C order (version 1), and the metadata as metadata.json.

import { unzipSync } from 'fflate';
import type { Tensor } from '../../../src/core/tensor';
import type { SafetensorsFile } from './safetensors';

/** The header is held to the letter of numpy.lib.format: numbers begin at a multiple of 64 bytes, and a line break ends it. */
function readTensor(name: string, bytes: Uint8Array): Tensor {
  const start = 10 + new DataView(bytes.buffer, bytes.byteOffset, 10).getUint16(8, true);
  if (![0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0].every((byte, i) => bytes[i] === byte)) throw new Error(`${name} is no .npy file of version 1`);
  const header = new TextDecoder('latin1').decode(bytes.subarray(10, start));
  const shape = /^\{'descr': '<f4', 'fortran_order': False, 'shape': \(((?:\d+,)?|\d+(?:, \d+)+)\), \} *\n$/.exec(header)?.[1];
  if (shape === undefined || start % 64 !== 0) throw new Error(`${name} has the header ${JSON.stringify(header)}`);
  const dims = shape.split(',').flatMap((part) => (part === '' ? [] : [Number(part)]));
  const data = new Float32Array(Uint8Array.from(bytes.subarray(start)).buffer);
  if (data.length !== dims.reduce((product, dim) => product * dim, 1)) throw new Error(`${name} has ${data.length} numbers for [${dims}]`);
  return { dims, data };
}

/** Tensors by name, each a copy of its own. Throws for a file in it that is neither a tensor nor the metadata. */
export function readNpz(bytes: Uint8Array): SafetensorsFile {
  const { 'metadata.json': metadata, ...files } = unzipSync(bytes);
  const tensors = new Map(Object.entries(files).map(([file, own]) => [/^(.+)\.npy$/.exec(file)?.[1] ?? file, readTensor(file, own)]));
  return { tensors, metadata: JSON.parse(new TextDecoder().decode(metadata)) };
}
