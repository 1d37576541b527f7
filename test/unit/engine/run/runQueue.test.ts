import { describe, expect, it } from 'vitest';
import { CaptureStore } from '../../../../src/engine/run/captureStore';
import { RunQueue } from '../../../../src/engine/run/runQueue';

const signal = () => new AbortController().signal;
const settled = (promise: Promise<unknown>) => promise.then(String, (error: Error) => error.name);

describe('RunQueue', () => {
  it('runs one work at a time, in order', async () => {
    const queue = new RunQueue();
    const log: string[] = [];
    const work = (name: string) => async () => {
      log.push(`${name} starts`);
      await Promise.resolve();
      log.push(`${name} ends`);
      return name;
    };
    expect(await Promise.all([queue.run(work('a'), signal()), queue.run(work('b'), signal())])).toEqual(['a', 'b']);
    expect(log).toEqual(['a starts', 'a ends', 'b starts', 'b ends']);
  });
  it('lets the latest win among those that wait, and goes on after a failure', async () => {
    const queue = new RunQueue();
    const running = queue.run(() => Promise.reject(new Error('broken')), signal());
    const older = queue.runLatest(0, async () => 'older', signal());
    const slice = queue.run(async () => 'slice', signal());
    const beside = queue.runLatest(1, async () => 'of another lane', signal());
    const newer = queue.runLatest(0, async () => 'newer', signal());
    const all = await Promise.all([running, older, slice, beside, newer].map(settled));
    expect(all).toEqual(['Error', 'AbortError', 'slice', 'of another lane', 'newer']);
  });
  it('lets all others go before idle work', async () => {
    const queue = new RunQueue();
    const order: string[] = [];
    const work = (name: string) => async () => void order.push(name);
    await Promise.all([queue.run(work('first'), signal()), queue.runIdle(work('idle'), signal()), queue.runLatest(0, work('later'), signal())]);
    expect(order).toEqual(['first', 'later', 'idle']);
  });
  it('does not start what was cancelled while it waited', async () => {
    const queue = new RunQueue();
    const controller = new AbortController();
    let started = false;
    const first = queue.run(async () => 'first', signal());
    const second = queue.run(async () => {
      started = true;
    }, controller.signal);
    controller.abort();
    expect(await Promise.all([first, second].map(settled))).toEqual(['first', 'AbortError']);
    expect(started).toBe(false);
  });
});

describe('CaptureStore', () => {
  const run = (runId: number, sizeInBytes: number) => ({
    runId,
    sizeInBytes,
    drop() {
      this.sizeInBytes = 0;
    },
  });
  it('lets the tensors of the least recently used runs go, never those of the run in use', () => {
    const store = new CaptureStore<ReturnType<typeof run>>(100);
    const [a, b, c] = [run(1, 60), run(2, 30), run(3, 50)];
    store.use(a);
    store.use(b);
    store.use(a);
    store.use(c);
    expect([a, b, c].map((one) => one.sizeInBytes)).toEqual([0, 0, 50]);
    const large = run(4, 500);
    store.use(large);
    expect([c.sizeInBytes, large.sizeInBytes]).toEqual([0, 500]);
  });
  it('lets the tensors of runs that are shown go last, and forgets none of them', () => {
    const store = new CaptureStore<ReturnType<typeof run>>(100, 2);
    const [shown, other, free, next] = [run(1, 40), run(2, 40), run(3, 20), run(4, 50)];
    store.hold([1, 2]);
    for (const one of [shown, other, free, next]) store.use(one);
    // Without the hold the first would have gone before the third.
    expect([shown, other, free, next].map((one) => one.sizeInBytes)).toEqual([0, 40, 0, 50]);
    expect([1, 2, 4].map((id) => store.get(id).runId)).toEqual([1, 2, 4]);
    expect(() => store.get(3)).toThrow('The run was stopped.');
    store.use(shown);
    expect(other.sizeInBytes).toBe(40);
  });
  it('forgets runs beyond the number it keeps', () => {
    const store = new CaptureStore<ReturnType<typeof run>>(100, 2);
    for (const id of [1, 2, 3]) store.use(run(id, 1));
    expect([2, 3].map((id) => store.get(id).runId)).toEqual([2, 3]);
    expect(() => store.get(1)).toThrow('The run was stopped.');
  });
});
