// Entry of a worker or of a process: sets the ONNX runtime up and answers the EngineApi. The files of the runtime and of the tokenizer lie beside this one.

import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort } from 'node:worker_threads';
import * as ort from 'onnxruntime-web';
import { type Port, serve } from '../protocol/channel';
import { processPort } from '../protocol/processPort';
import { workerPort } from '../protocol/workerPort';
import { compileTokenizerModule, type TokenizerModule } from '../tokenizer/webAssembly';
import { Engine } from './engine';
import { modelFiles } from './load/modelFiles.node';
import { warmUp } from './session/runtime';

const fileUrl = (name: string) => pathToFileURL(join(__dirname, name)).href;

ort.env.wasm.wasmPaths = { mjs: fileUrl('ort-wasm-simd-threaded.mjs'), wasm: fileUrl('ort-wasm-simd-threaded.wasm') };
ort.env.logLevel = 'fatal';

let isStarted = false;
/** The number of threads is fixed by the first session; the runtime compiles beside this thread while files are read. */
function startRuntime(threads: number): void {
  if (isStarted) return;
  isStarted = true;
  ort.env.wasm.numThreads = threads > 0 ? threads : availableParallelism();
  void warmUp();
}

let compiled: Promise<TokenizerModule> | undefined;
const tokenizerModule = () => {
  compiled ??= readFile(join(__dirname, 'tokenizer.wasm')).then(compileTokenizerModule);
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
if (port) serve(port, new Engine({ files: modelFiles, tokenizerModule, startRuntime }));
