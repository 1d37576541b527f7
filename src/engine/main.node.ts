// Entry of a worker or of a process: sets the ONNX runtime up and answers the EngineApi. The files of the runtime and of the tokenizer lie beside this one.

import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort } from 'node:worker_threads';
import * as ort from 'onnxruntime-web';
import { type EngineWish, wantsNative } from '../core/engineName';
import { type Port, serve } from '../protocol/channel';
import type { LoadParams } from '../protocol/engineApi';
import { processPort } from '../protocol/processPort';
import { workerPort } from '../protocol/workerPort';
import { compileTokenizerModule, type TokenizerModule } from '../tokenizer/webAssembly';
import { Engine } from './engine';
import type { RuntimeFound } from './load/loadModel';
import { modelFiles } from './load/modelFiles.node';
import { nativeRuntime } from './session/nativeRuntime.node';
import type { Runtime } from './session/runtime';
import { wasmRuntime, wasmVersion } from './session/wasmRuntime';

const fileUrl = (name: string) => pathToFileURL(path.join(__dirname, name)).href;

ort.env.wasm.wasmPaths = { mjs: fileUrl('ort-wasm-simd-threaded.mjs'), wasm: fileUrl('ort-wasm-simd-threaded.wasm') };
ort.env.logLevel = 'fatal';

let isStarted = false;
/** The number of threads is fixed by the first session; the runtime compiles beside this thread while files are read. */
function webAssembly(threads: number): Runtime {
  if (!isStarted) ort.env.wasm.numThreads = threads;
  isStarted = true;
  void wasmRuntime.warmUp();
  return wasmRuntime;
}

/** More threads than cores only wait for each other. */
function threadsOf({ threads, sparedCores = 0 }: Pick<LoadParams, 'threads' | 'sparedCores'>): number {
  const cores = availableParallelism();
  return threads > 0 ? Math.min(threads, cores) : Math.max(1, cores - sparedCores);
}

async function runtimeFor(wish: EngineWish | undefined, cores: Pick<LoadParams, 'threads' | 'sparedCores'>): Promise<RuntimeFound> {
  const threads = threadsOf(cores);
  if (!wish || !wantsNative(wish)) return { runtime: webAssembly(threads), ...(wish?.whyNotNative && { whyNotNative: wish.whyNotNative }) };
  const found = await nativeRuntime(wish, { productFolder: path.join(__dirname, '..'), version: wasmVersion, threads });
  return 'runtime' in found ? found : { runtime: webAssembly(threads), ...(found.whyNot !== undefined && { whyNotNative: found.whyNot }) };
}

let compiled: Promise<TokenizerModule> | undefined;
const tokenizerModule = () => {
  compiled ??= readFile(path.join(__dirname, 'tokenizer.wasm')).then(compileTokenizerModule);
  return compiled;
};

/** The other end: of a worker its parent, of a process whoever forked it, with whom it ends. */
function otherEnd(): Port | undefined {
  if (parentPort) return workerPort(parentPort);
  if (!process.send) return undefined;
  process.once('disconnect', () => process.exit());
  return processPort({
    send: (message) => process.send?.(message),
    on: (event, listener) => process.on(event, listener),
    disconnect: () => process.disconnect(),
  });
}

const port = otherEnd();
if (port) serve(port, new Engine({ files: modelFiles, tokenizerModule, runtimeFor }));
