import { EventEmitter } from 'node:events';
import { deserialize, serialize } from 'node:v8';
import { MessageChannel, Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { pack, type TensorPack } from '../../src/core/tensorPack';
import { buffersOf, ChannelClosed, connect, type Port, serve } from '../../src/protocol/channel';
import { processPort } from '../../src/protocol/processPort';
import { workerPort } from '../../src/protocol/workerPort';

interface TestApi {
  add(params: { readonly a: number; readonly b: number }, signal: AbortSignal): Promise<number>;
  fail(params: Record<string, never>, signal: AbortSignal): Promise<void>;
  wait(params: Record<string, never>, signal: AbortSignal): Promise<string>;
  count(params: { readonly to: number }, signal: AbortSignal, progress?: (done: number) => void): Promise<string>;
  floats(params: { readonly count: number }, signal: AbortSignal): Promise<{ ok: true; value: TensorPack }>;
}

let aborted = 0;
const api: TestApi = {
  add: async ({ a, b }) => a + b,
  fail: async () => {
    throw new RangeError('too far');
  },
  wait: (_, signal) =>
    new Promise((resolve) =>
      signal.addEventListener(
        'abort',
        () => {
          aborted++;
          resolve('late');
        },
        { once: true },
      ),
    ),
  count: async ({ to }, signal, progress) => {
    for (let done = 0; done < to && !signal.aborted; done++) {
      progress?.(done);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    setTimeout(() => progress?.(-1), 1);
    return 'counted';
  },
  floats: async ({ count }) => ({ ok: true, value: pack([{ name: 'values', dims: [count], data: new Float32Array(count).fill(Number.NEGATIVE_INFINITY) }]) }),
};

type Ends = readonly [Port, Port];

/** As VS Code's own wire does it: JSON beside copied ArrayBuffers, in order, later. */
function jsonEnds(): Ends {
  const listeners: ((message: unknown) => void)[][] = [[], []];
  const closers: (() => void)[][] = [[], []];
  let open = true;
  const encoded = (message: unknown, buffers: ArrayBuffer[]) =>
    JSON.stringify(message, (_key, value: unknown) => {
      if (!(value instanceof ArrayBuffer)) return value;
      buffers.push(value.slice(0));
      return { $buffer: buffers.length - 1 };
    });
  const end = (own: 0 | 1, other: 0 | 1): Port => ({
    post(message) {
      const buffers: ArrayBuffer[] = [];
      const text = encoded(message, buffers);
      const decoded: unknown = JSON.parse(text, (_key, value: unknown) =>
        typeof value === 'object' && value !== null && '$buffer' in value ? buffers[Number(value.$buffer)] : value,
      );
      setTimeout(() => {
        if (open) for (const listener of listeners[other] ?? []) listener(decoded);
      });
    },
    onMessage: (listener) => {
      listeners[own]?.push(listener);
    },
    onClose: (listener) => {
      closers[own]?.push(listener);
    },
    close() {
      open = false;
      for (const list of closers) for (const listener of list) listener();
    },
  });
  return [end(0, 1), end(1, 0)];
}

function threadEnds(): Ends {
  const { port1, port2 } = new MessageChannel();
  return [workerPort(port1), workerPort(port2)];
}

/** As two processes with `serialization: 'advanced'`: copies by V8's serializer, in order, later. */
function processEnds(): Ends {
  const [here, there] = [new EventEmitter(), new EventEmitter()];
  const end = (own: EventEmitter, other: EventEmitter) =>
    processPort({
      send: (message) => setImmediate((bytes: Buffer) => other.emit('message', deserialize(bytes)), serialize(message)),
      on: (event, listener) => own.on(event, listener),
      disconnect: () => void setImmediate(() => [own, other].forEach((one) => void one.emit('disconnect'))),
    });
  return [end(here, there), end(there, here)];
}

const closing: Port[] = [];
afterEach(() => {
  for (const port of closing.splice(0)) port.close();
});

describe.each([
  ['worker_threads', threadEnds],
  ['JSON and ArrayBuffers', jsonEnds],
  ['the channel of a process', processEnds],
] as const)('channel over %s', (_name, ends) => {
  function start() {
    const [near, far] = ends();
    closing.push(near, far);
    serve(far, api);
    return { remote: connect<TestApi>(near), near, far };
  }

  it('answers calls, also at the same time', async () => {
    const { remote } = start();
    expect(await Promise.all([remote.add({ a: 1, b: 2 }), remote.add({ a: 3, b: 4 })])).toEqual([3, 7]);
  });
  it('tells how far a call is, each call its own caller, and nothing once it is answered or given up', async () => {
    const { remote } = start();
    const [first, second, given]: number[][] = [[], [], []];
    const controller = new AbortController();
    const lost = remote.count({ to: 50 }, controller.signal, (done) => {
      given?.push(done);
      if (done === 1) controller.abort();
    });
    const ending = expect(lost).rejects.toMatchObject({ name: 'AbortError' });
    expect(
      await Promise.all([remote.count({ to: 3 }, undefined, (done) => first?.push(done)), remote.count({ to: 2 }, undefined, (done) => second?.push(done))]),
    ).toEqual(['counted', 'counted']);
    await ending;
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect([first, second, given]).toEqual([
      [0, 1, 2],
      [0, 1],
      [0, 1],
    ]);
  });
  it('brings errors back with name and message', async () => {
    await expect(start().remote.fail({})).rejects.toMatchObject({ name: 'RangeError', message: 'too far' });
  });
  it('refuses unknown methods and inherited ones', async () => {
    const { remote } = start();
    const stray = remote as unknown as Record<'toString2' | 'constructor', (params: object) => Promise<unknown>>;
    await expect(stray.toString2({})).rejects.toMatchObject({ message: /Unknown method/ });
  });
  it('a late reply to a caller that is gone answers no call of the next one', async () => {
    const [near, far] = ends();
    closing.push(near, far);
    const abortRunning = serve(far, api);
    const before = aborted;
    const gone = connect<TestApi>(near).wait({});
    await connect<TestApi>(near).add({ a: 1, b: 2 });
    abortRunning();
    let answered = false;
    const next = connect<TestApi>(near);
    void next.wait({}).then(
      () => {
        answered = true;
      },
      () => undefined,
    );
    expect([await gone, aborted - before]).toEqual(['late', 1]);
    expect(await next.add({ a: 1, b: 2 })).toBe(3);
    expect(answered).toBe(false);
  });
  it('cancels at both ends', async () => {
    const { remote } = start();
    const controller = new AbortController();
    const before = aborted;
    const call = remote.wait({}, controller.signal);
    controller.abort();
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
    await remote.add({ a: 0, b: 0 });
    expect(aborted).toBe(before + 1);
  });
  it('brings infinite numbers unharmed, in one fresh buffer', async () => {
    const { value } = await start().remote.floats({ count: 3 });
    expect([...new Float32Array(value.buffer, 0, 3)]).toEqual([-Infinity, -Infinity, -Infinity]);
    expect(buffersOf({ ok: true, value })).toEqual([value.buffer]);
  });
  it('rejects what is pending, and later calls, when it is closed', async () => {
    const { remote, near } = start();
    const call = remote.wait({});
    near.close();
    await expect(call).rejects.toBeInstanceOf(ChannelClosed);
    await expect(remote.add({ a: 1, b: 1 })).rejects.toBeInstanceOf(ChannelClosed);
    expect(remote.closed).toBe(true);
  });
});

describe('a worker that dies', () => {
  it('rejects what is pending', async () => {
    const worker = new Worker('setTimeout(() => process.exit(1), 20)', { eval: true });
    const remote = connect<TestApi>(workerPort(worker));
    await expect(remote.add({ a: 1, b: 1 })).rejects.toBeInstanceOf(ChannelClosed);
  });
});
