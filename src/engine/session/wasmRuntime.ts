// The runtime that comes with the product: onnxruntime-web on WebAssembly. Beside the entry, the only file that knows the package.

import * as ort from 'onnxruntime-web';
import { OrtRuntime } from './runtime';

export const wasmVersion: string = ort.env.versions.common;

/** Threads are those of `ort.env.wasm`, for all sessions. */
export const wasmRuntime = new OrtRuntime(ort, {
  name: 'wasm',
  version: wasmVersion,
  provider: 'wasm',
  memory: 'its heap holds 4 GB at most',
  derivedLevel: 'all',
});
