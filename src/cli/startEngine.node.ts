// Starts the engine and connects to it: in a worker of this process, which has nothing else to do, or, where it may load a native library, in a
// process of its own, which that may end.

import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { connect, type Port, type Remote } from '../protocol/channel';
import type { EngineApi } from '../protocol/engineApi';
import { engineFlags } from '../protocol/engineFlags';
import { startEngineProcess } from '../protocol/engineProcess.node';
import { workerPort } from '../protocol/workerPort';

export interface StartedEngine {
  readonly engine: Remote<EngineApi>;
  /** Why the engine ended by itself: its error, if any. */
  readonly failure: () => Error | undefined;
}

type OnError = (error: unknown) => void;

function startWorker(module: string, onError: OnError): Port {
  for (const flag of engineFlags) setFlagsFromString(flag);
  // What the runtime prints is no answer of ours.
  const worker = new Worker(module, { stdout: true, stderr: true });
  worker.on('error', onError);
  return workerPort(worker);
}

/** `distFolder` holds worker.cjs and the files of the runtime. `isApart`: in a process of its own. */
export function startEngine(distFolder: string, { isApart = false } = {}): StartedEngine {
  let failure: Error | undefined;
  const onError = (error: unknown) => {
    failure = error instanceof Error ? error : new Error(String(error));
  };
  const module = path.join(distFolder, 'worker.cjs');
  const port = isApart ? startEngineProcess({ module, onError }) : startWorker(module, onError);
  return { engine: connect<EngineApi>(port), failure: () => failure };
}
