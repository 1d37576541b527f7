// Reads a safetensors file: a little-endian header length, a JSON header, then the tensors. Only float32 tensors are kept.

import type { Tensor } from '../../../src/core/tensor';

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

export interface SafetensorsFile {
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** The `__metadata__` member: strings by name. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Tensors by name, each a copy of its own. Throws for a header that is not JSON or for a type that is not F32. */
export function readSafetensors(bytes: Uint8Array): SafetensorsFile {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<string, unknown>;
  const tensors = new Map<string, Tensor>();
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const {
      dtype,
      shape,
      data_offsets: [from, to],
    } = value as HeaderEntry;
    if (dtype !== 'F32') throw new Error(`${name} is ${dtype}, not F32`);
    // Not `slice`: that of a Buffer shares its memory.
    const copy = Uint8Array.from(bytes.subarray(8 + length + from, 8 + length + to));
    tensors.set(name, { dims: shape, data: new Float32Array(copy.buffer) });
  }
  return { tensors, metadata: (header.__metadata__ ?? {}) as Record<string, string> };
}
