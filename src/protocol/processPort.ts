// A Port over the two ends of a process's channel, described by shape so that nothing of Node is imported here. Messages are copied, not moved.

import type { Port } from './channel';

/** What ChildProcess and process have in common. */
export interface ProcessEnd {
  readonly connected?: boolean;
  send?(message: unknown): unknown;
  on(event: string, listener: (value: unknown) => void): unknown;
  kill?(signal: 'SIGKILL'): unknown;
  disconnect?(): void;
}

/** The port of one end. The end of the other process, or of the channel between them, ends it. */
export function processPort(end: ProcessEnd): Port {
  const closeListeners: (() => void)[] = [];
  let isClosed = false;
  const onClosed = () => {
    if (isClosed) return;
    isClosed = true;
    for (const listener of closeListeners) listener();
  };
  // Of the other process its end says why; this one hears only that the channel is gone.
  for (const event of end.kill ? ['exit', 'error'] : ['disconnect']) end.on(event, onClosed);
  return {
    post: (message) => {
      if (!isClosed && end.connected !== false) end.send?.(message);
    },
    onMessage: (listener) => {
      end.on('message', listener);
    },
    onClose: (listener) => {
      closeListeners.push(listener);
    },
    close: () => {
      // A process in the middle of a run hears nothing: it is ended.
      if (end.kill) end.kill('SIGKILL');
      else end.disconnect?.();
      onClosed();
    },
  };
}
