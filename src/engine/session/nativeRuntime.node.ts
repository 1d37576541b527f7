// onnxruntime-node, where it is found and works: the same library for this processor. It is tried before it is used; whatever is wrong with it
// is said in one sentence, and WebAssembly takes its place.

import { createRequire } from 'node:module';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { EngineWish } from '../../core/engineName';
import { printable } from '../../core/problem';
import { findNative, isThere, type NativePackage } from './findNative.node';
import { type OrtLibrary, OrtRuntime, type Runtime } from './runtime';

export interface NativeOptions {
  /** Where the product is installed. */
  readonly productFolder: string;
  /** That of onnxruntime-web: another one may compute other numbers. */
  readonly version: string;
  readonly threads: number;
}

/** The runtime, or why there is none: undefined where that is nothing to be told. */
export type NativeFound = { readonly runtime: Runtime } | { readonly whyNot: string | undefined };

function isLibrary(value: unknown): value is OrtLibrary {
  return typeof value === 'object' && value !== null && 'InferenceSession' in value && 'Tensor' in value;
}

/** To load the library holds this thread up. Reads of the model's files that have begun by then go on beside it. */
const untilReadsBegan = () => pause(5);

/** Problem sentences end without a full stop: they are put after "WebAssembly, as". */
async function load({ folder, version }: NativePackage, threads: number): Promise<NativeFound> {
  await untilReadsBegan();
  try {
    const library: unknown = createRequire(path.join(folder, 'package.json'))(folder);
    if (!isLibrary(library)) return { whyNot: `${folder} does not export what onnxruntime-node does` };
    const runtime = new OrtRuntime(library, { name: 'native', version, provider: 'cpu', threads, memory: 'the machine has no more', derivedLevel: 'basic' });
    await runtime.tryOut();
    return { runtime };
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
    return { whyNot: `the onnxruntime-node in ${folder} does not work here: ${printable(reason).replace(/\.$/, '')}` };
  }
}

/** One for each package and number of threads: a library is loaded into a process once. */
const loaded = new Map<string, Promise<NativeFound>>();

export async function nativeRuntime({ choice, nativePath }: EngineWish, { productFolder, version, threads }: NativeOptions): Promise<NativeFound> {
  const found = await findNative(nativePath, productFolder, version);
  if (!found && nativePath) return { whyNot: (await isThere(nativePath)) ? `${nativePath} holds no onnxruntime-node` : `there is nothing at ${nativePath}` };
  // Who leaves the choice to us need not hear that there is none.
  if (!found) return { whyNot: choice === 'auto' ? undefined : 'onnxruntime-node is not installed beside the product or globally' };
  if (found.version !== version) return { whyNot: `the onnxruntime-node in ${found.folder} has version ${found.version}, not ${version}` };
  const key = `${threads} ${found.folder}`;
  const runtime = loaded.get(key) ?? load(found, threads);
  loaded.set(key, runtime);
  return runtime;
}
