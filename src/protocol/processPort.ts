// A Port over the two ends of a process's channel, described by shape so that nothing of Node is imported here. Messages are copied, not moved.

import type { Port } from './channel';
import { type EventEnd, eventPort } from './eventPort';

/** What ChildProcess and process have in common. */
export interface ProcessEnd extends EventEnd {
  readonly connected?: boolean;
  send?(message: unknown): unknown;
  kill?(signal: 'SIGKILL'): unknown;
  disconnect?(): void;
}

/** The port of one end. The end of the other process, or of the channel between them, ends it. */
export function processPort(end: ProcessEnd): Port {
  return eventPort(end, {
    // Of the other process its end says why; this one hears only that the channel is gone.
    endings: end.kill ? ['exit', 'error'] : ['disconnect'],
    post: (message) => {
      if (end.connected !== false) end.send?.(message);
    },
    close: () => {
      // A process in the middle of a run hears nothing: it is ended.
      if (end.kill) end.kill('SIGKILL');
      else end.disconnect?.();
    },
  });
}
