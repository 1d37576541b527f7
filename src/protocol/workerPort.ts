// A Port over the two ends of a worker_threads pipe, described by shape so that nothing of Node is imported here.
// Works for a Worker, a MessagePort and parentPort.

import type { Port } from './channel';

/** What Worker and MessagePort of worker_threads have in common. */
export interface WorkerEnd {
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  on(event: string, listener: (value: unknown) => void): unknown;
  close?(): void;
  terminate?(): unknown;
}

/** The port of one end. A worker's exit or error, and a MessagePort's close, end the channel. */
export function workerPort(end: WorkerEnd): Port {
  const closeListeners: (() => void)[] = [];
  let closed = false;
  const onClosed = () => {
    if (closed) return;
    closed = true;
    for (const listener of closeListeners) listener();
  };
  for (const event of ['close', 'exit', 'error']) end.on(event, onClosed);
  return {
    post: (message, transfer) => {
      if (!closed) end.postMessage(message, transfer);
    },
    onMessage: (listener) => {
      end.on('message', listener);
    },
    onClose: (listener) => {
      closeListeners.push(listener);
    },
    close: () => {
      if (end.terminate) void end.terminate();
      else end.close?.();
      onClosed();
    },
  };
}
