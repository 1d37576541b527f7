// What writers of tensor files are given, and give back.

import type { CaptureKey } from '../core/names';

export interface TensorSource {
  readonly name: string;
  read(): Promise<{ readonly dims: readonly number[]; readonly data: Float32Array }>;
}

/** A capture that was written. */
export interface WrittenKey {
  readonly key: CaptureKey;
  readonly dims: readonly number[];
}

export interface WrittenTensor {
  readonly name: string;
  readonly dims: readonly number[];
}

/** Writes the sources one after the other, so that one tensor at a time is in memory; gives them back in their order. */
export type TensorWriter = (path: string, sources: readonly TensorSource[], metadata: Readonly<Record<string, string>>) => Promise<readonly WrittenTensor[]>;

/** The bytes of the numbers, as they lie in memory (little-endian on every machine that Node runs WebAssembly on). */
export const bytesOf = (data: Float32Array) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
