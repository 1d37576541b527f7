// The typed channel between two ends of a postMessage pipe: serve(port, api) answers, connect<Api>(port) calls.
// Knows nothing of what is sent. Call ids differ between callers, as one end may outlive the other. Errors always come back; cancelling is an AbortSignal at both ends; what a method tells on its way
// comes before its result; closing rejects what is pending.

import { abortError } from './abort';

/** One end of a pipe. `post` may be given buffers whose ownership moves with the message. */
export interface Port {
  post(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  onMessage(listener: (message: unknown) => void): void;
  onClose(listener: () => void): void;
  close(): void;
}

/** Every method takes one parameter object, a signal and, where it tells how far it is, a function for that; it returns a promise. */
export type Api = object;
type Method = (params: never, signal: AbortSignal, progress: (value: unknown) => void) => Promise<unknown>;

/** What a caller sees: the same methods, all but the parameters optional. */
export type Remote<A extends Api> = {
  readonly [K in keyof A]: A[K] extends (params: infer P, signal: AbortSignal, progress?: (value: infer V) => void) => Promise<infer R>
    ? (params: P, signal?: AbortSignal, onProgress?: (value: V) => void) => Promise<R>
    : never;
} & { readonly closed: boolean; close(): void };

export class ChannelClosed extends Error {
  constructor() {
    super('The channel is closed.');
    this.name = 'ChannelClosed';
  }
}

interface WireError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
}

type Wire =
  | { readonly type: 'call'; readonly id: string; readonly method: string; readonly params: unknown }
  | { readonly type: 'cancel'; readonly id: string }
  | { readonly type: 'progress'; readonly id: string; readonly value: unknown }
  | { readonly type: 'result'; readonly id: string; readonly value: unknown }
  | { readonly type: 'error'; readonly id: string; readonly error: WireError };

function isWire(message: unknown): message is Wire {
  return typeof message === 'object' && message !== null && 'type' in message && 'id' in message;
}

function toWireError(error: unknown): WireError {
  if (error instanceof Error) return { name: error.name, message: error.message, stack: error.stack };
  return { name: 'Error', message: String(error) };
}

function fromWireError(wire: WireError): Error {
  const error = new Error(wire.message);
  error.name = wire.name;
  if (wire.stack) error.stack = wire.stack;
  return error;
}

/** The buffers to transfer with a reply: the `buffer` member of a TensorPack, alone or in an Outcome. At most one. */
export function buffersOf(value: unknown): ArrayBuffer[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('buffer' in value && value.buffer instanceof ArrayBuffer) return [value.buffer];
  return 'value' in value ? buffersOf(value.value) : [];
}

/** Answers calls that arrive at the port. Returns a function that aborts what is running; later calls are answered as before. */
export function serve<A extends Api>(port: Port, api: A): () => void {
  const running = new Map<string, AbortController>();
  const abortRunning = () => {
    for (const controller of running.values()) controller.abort();
    running.clear();
  };
  port.onMessage((message) => {
    if (!isWire(message)) return;
    if (message.type === 'cancel') running.get(message.id)?.abort();
    if (message.type === 'call') void answer(message.id, message.method, message.params);
  });
  port.onClose(abortRunning);

  async function answer(id: string, method: string, params: unknown): Promise<void> {
    const controller = new AbortController();
    running.set(id, controller);
    try {
      if (!Object.hasOwn(api, method)) throw new Error(`Unknown method ${method}`);
      const implementation = (api as Record<string, Method>)[method] as Method;
      const progress = (far: unknown) => {
        if (running.has(id)) port.post({ type: 'progress', id, value: far } satisfies Wire);
      };
      const value = await implementation(params as never, controller.signal, progress);
      port.post({ type: 'result', id, value } satisfies Wire, buffersOf(value));
    } catch (error) {
      port.post({ type: 'error', id, error: toWireError(error) } satisfies Wire);
    } finally {
      running.delete(id);
    }
  }
  return abortRunning;
}

interface Pending {
  progress(value: unknown): void;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** A typed remote for the API at the other end. Calling after close rejects with ChannelClosed. */
export function connect<A extends Api>(port: Port): Remote<A> {
  const pending = new Map<string, Pending>();
  // A page that is gone may have asked the same end: its late replies must fit no call of this one.
  const caller = Math.random().toString(36).slice(2);
  let nextId = 1;
  let closed = false;
  const closeAll = () => {
    closed = true;
    for (const { reject } of pending.values()) reject(new ChannelClosed());
    pending.clear();
  };
  port.onClose(closeAll);
  port.onMessage((message) => {
    if (!isWire(message)) return;
    const call = pending.get(message.id);
    if (message.type === 'progress') call?.progress(message.value);
    if (!call || (message.type !== 'result' && message.type !== 'error')) return;
    pending.delete(message.id);
    if (message.type === 'result') call.resolve(message.value);
    else call.reject(fromWireError(message.error));
  });

  function invoke(method: string, params: unknown, signal?: AbortSignal, onProgress?: (value: unknown) => void): Promise<unknown> {
    if (closed) return Promise.reject(new ChannelClosed());
    // An aborted signal sends no more events: the call must not go out at all.
    if (signal?.aborted) return Promise.reject(abortError('The call was cancelled.'));
    const id = `${caller}.${nextId++}`;
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        if (!pending.delete(id)) return;
        port.post({ type: 'cancel', id } satisfies Wire);
        reject(abortError('The call was cancelled.'));
      };
      const settled =
        <T>(settle: (value: T) => void) =>
        (value: T) => {
          signal?.removeEventListener('abort', onAbort);
          settle(value);
        };
      pending.set(id, { progress: (value) => onProgress?.(value), resolve: settled(resolve), reject: settled(reject) });
      signal?.addEventListener('abort', onAbort, { once: true });
      port.post({ type: 'call', id, method, params } satisfies Wire);
    });
  }

  const own = {
    get closed() {
      return closed;
    },
    close() {
      port.close();
      closeAll();
    },
  };
  return new Proxy(own, {
    // A remote must not look like a promise, or `await` would call `then` on the other side.
    get: (target, name) =>
      name in target
        ? Reflect.get(target, name)
        : typeof name === 'string' && name !== 'then'
          ? (params: unknown, signal?: AbortSignal, onProgress?: (value: unknown) => void) => invoke(name, params, signal, onProgress)
          : undefined,
  }) as unknown as Remote<A>;
}
