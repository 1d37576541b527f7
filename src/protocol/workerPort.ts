// A Port over the two ends of a worker_threads pipe, described by shape so that nothing of Node is imported here.
// Works for a Worker, a MessagePort and parentPort.

import type { Port } from './channel';
import { type EventEnd, eventPort } from './eventPort';

/** What Worker and MessagePort of worker_threads have in common. */
export interface WorkerEnd extends EventEnd {
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  close?(): void;
  terminate?(): unknown;
}

/** The port of one end. A worker's exit or error, and a MessagePort's close, end the channel. */
export function workerPort(end: WorkerEnd): Port {
  return eventPort(end, {
    endings: ['close', 'exit', 'error'],
    post: (message, transfer) => end.postMessage(message, transfer),
    close: () => {
      if (end.terminate) void end.terminate();
      else end.close?.();
    },
  });
}
