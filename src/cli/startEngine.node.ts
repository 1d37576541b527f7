// Starts the engine in a worker of this process, which has nothing else to do, and connects to it.

import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { connect, type Remote } from '../protocol/channel';
import type { EngineApi } from '../protocol/engineApi';
import { engineFlags } from '../protocol/engineFlags';
import { workerPort } from '../protocol/workerPort';

export interface EngineProcess {
  readonly engine: Remote<EngineApi>;
  /** Why the worker ended by itself: its error, if any. */
  readonly failure: () => Error | undefined;
}

/** `distFolder` holds worker.cjs and the files of the runtime. */
export function startEngine(distFolder: string): EngineProcess {
  let failure: Error | undefined;
  for (const flag of engineFlags) setFlagsFromString(flag);
  // What the runtime prints is no answer of ours.
  const worker = new Worker(join(distFolder, 'worker.cjs'), { stdout: true, stderr: true });
  worker.on('error', (error) => {
    failure = error instanceof Error ? error : new Error(String(error));
  });
  return { engine: connect<EngineApi>(workerPort(worker)), failure: () => failure };
}
