// What the ports of workers and of processes have in common: an end that tells of messages, and of its own end, by events.

import type { Port } from './channel';

export interface EventEnd {
  on(event: string, listener: (value: unknown) => void): unknown;
}

interface EventPortOptions {
  /** Events that say that the other end is gone. */
  readonly endings: readonly string[];
  readonly post: (message: unknown, transfer?: readonly ArrayBuffer[]) => void;
  /** Ends the other end, or lets it go. */
  readonly close: () => void;
}

/** A port over such an end: nothing is posted once it is closed, and its closing is told once. */
export function eventPort(end: EventEnd, { endings, post, close }: EventPortOptions): Port {
  const closeListeners: (() => void)[] = [];
  let isClosed = false;
  const onClosed = () => {
    if (isClosed) return;
    isClosed = true;
    for (const listener of closeListeners) listener();
  };
  for (const event of endings) end.on(event, onClosed);
  return {
    post: (message, transfer) => {
      if (!isClosed) post(message, transfer);
    },
    onMessage: (listener) => {
      end.on('message', listener);
    },
    onClose: (listener) => {
      closeListeners.push(listener);
    },
    close: () => {
      close();
      onClosed();
    },
  };
}
