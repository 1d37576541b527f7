// The engine in a process of its own: V8's flags are its own, a broken runtime takes nothing with it, and its memory goes back when it ends.

import { type ChildProcess, fork } from 'node:child_process';
import type { Port } from './channel';
import { engineFlags } from './engineFlags';
import { processPort } from './processPort';

export interface EngineProcessOptions {
  /** The bundle of the engine. */
  readonly module: string;
  /** What the process ended of, where nobody had ended it. */
  readonly onError: (error: Error) => void;
  readonly flags?: readonly string[];
}

function start(module: string, flags: readonly string[]): ChildProcess {
  return fork(module, [], {
    execArgv: [...flags],
    serialization: 'advanced',
    // What the runtime prints is no answer of ours.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    // In the desktop's VS Code the executable is Electron's, which is a Node with this.
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '' },
  });
}

/** Starts the engine. A Node that does not know the flags ends at once, before it has answered anything: then it starts without them. */
export function startEngineProcess({ module, onError, flags = engineFlags }: EngineProcessOptions): Port {
  const sent: unknown[] = [];
  const listeners: ((message: unknown) => void)[] = [];
  const closeListeners: (() => void)[] = [];
  let hasAnswered = false;
  let isClosed = false;
  let port: Port;
  const begin = (own: readonly string[]) => {
    const child = start(module, own);
    port = processPort(child);
    port.onMessage((message) => {
      hasAnswered = true;
      sent.length = 0;
      for (const listener of listeners) listener(message);
    });
    let reason: Error | undefined;
    child.on('error', (error) => {
      reason = error;
    });
    port.onClose(() => {
      if (isClosed) return;
      if (!hasAnswered && own.length > 0) return begin([]);
      isClosed = true;
      onError(reason ?? new Error(`The engine's process ended (${child.signalCode ?? child.exitCode ?? 'no reason given'}).`));
      for (const listener of closeListeners) listener();
    });
    for (const message of sent) port.post(message);
  };
  begin(flags);
  return {
    post: (message) => {
      if (!hasAnswered) sent.push(message);
      port.post(message);
    },
    onMessage: (listener) => void listeners.push(listener),
    onClose: (listener) => void closeListeners.push(listener),
    close: () => {
      if (isClosed) return;
      isClosed = true;
      port.close();
      for (const listener of closeListeners) listener();
    },
  };
}
