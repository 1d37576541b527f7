import { describe, expect, it } from 'vitest';
import { problem, refuse } from '../../../../src/core/problem';
import type { GivenTexts } from '../../../../src/core/subject';
import { pack } from '../../../../src/core/tensorPack';
import { EngineLink } from '../../../../src/host/engine/engineLink';
import type { Later } from '../../../../src/host/engine/loadedModels';
import { NativeBrokeOff } from '../../../../src/host/inspection/inspectionEngine';
import { ask } from '../../../../src/protocol/ask';
import { ChannelClosed, type Port, serve } from '../../../../src/protocol/channel';
import type { EngineApi, InspectParams, LoadParams, OnProgress } from '../../../../src/protocol/engineApi';
import { fakeModel, fakeRun } from '../fakeRun';

/** Two ends of a pipe; closing one closes both. */
function pipe(): [Port, Port] {
  const ends = [0, 1].map(() => ({ message: [] as ((message: unknown) => void)[], close: [] as (() => void)[] }));
  const portOf = (own: number): Port => ({
    post: (message) =>
      void queueMicrotask(() => {
        for (const listener of ends[1 - own]?.message ?? []) listener(structuredClone(message));
      }),
    onMessage: (listener) => void ends[own]?.message.push(listener),
    onClose: (listener) => void ends[own]?.close.push(listener),
    close: () => {
      for (const end of ends) for (const listener of end.close) listener();
    },
  });
  return [portOf(0), portOf(1)];
}

/** Time that passes when it is told to. */
function fakeClock() {
  let now = 0;
  const due = new Map<() => void, number>();
  const later: Later = (work, milliseconds) => {
    const own = () => work();
    due.set(own, now + milliseconds);
    return () => due.delete(own);
  };
  const pass = (milliseconds: number) => {
    now += milliseconds;
    for (const [work, at] of [...due]) if (at <= now && due.delete(work)) work();
  };
  return { later, pass };
}

function start(answers: Partial<Pick<EngineApi, 'inspect' | 'load' | 'unload'>> = {}, engine?: LoadParams['engine']) {
  const files = [{ path: '/data' }];
  /** The files of every model as they are now. */
  const stamps = new Map([['/data', '1']]);
  const gone = new Set<string>();
  const loads: LoadParams[] = [];
  const unloaded: number[] = [];
  const inspected: InspectParams[] = [];
  const cancelled: number[] = [];
  const holds: (readonly number[])[] = [];
  const ports: Port[] = [];
  let runCount = 0;
  const unused = () => Promise.reject(new Error('not used here'));
  const api: EngineApi = {
    load: async (params) => {
      loads.push(params);
      return {
        ok: true,
        value: {
          modelId: loads.length,
          description: fakeModel(params.source.name),
          readFiles: files.map(({ path }) => ({ path, stamp: stamps.get(path) ?? '' })),
        },
      };
    },
    unload: async ({ modelId }) => void unloaded.push(modelId),
    inspect: async (params) => {
      inspected.push(params);
      return { ok: true, value: fakeRun(++runCount, params.text) };
    },
    // Thumbnails are never answered; it is said when the caller no longer waits.
    read: async ({ runId, of }, signal) =>
      of === 'thumbnails'
        ? new Promise(() => signal.addEventListener('abort', () => void cancelled.push(runId)))
        : { ok: true, value: pack([{ name: 'runId', dims: [1], data: Int32Array.of(runId) }]) },
    hold: async ({ runIds }) => void holds.push(runIds),
    finishChecks: async ({ runId }) => ({ ok: true, value: { ...fakeRun(runId, 'checked') } }),
    tokenize: unused,
    diff: unused,
    ...answers,
  };
  const startEngine = () => {
    runCount = 0;
    const [here, there] = pipe();
    serve(there, api);
    ports.push(there);
    return here;
  };
  const resolve = async (name: string) => {
    if (name === '/none' || gone.has(name)) refuse('modelNotFound', { path: name, bundled: '' });
    return { name, root: name, files: [], config: {}, generationConfig: {}, tokenizerConfig: {} };
  };
  const clock = fakeClock();
  const link = new EngineLink({
    startEngine,
    resolve,
    stampOf: async (path) => stamps.get(path) ?? '',
    limits: () => ({ threads: 2, memoryLimitInBytes: 8, ...(engine && { engine }) }),
    later: clock.later,
  });
  return { link, stamps, gone, loads, unloaded, ports, inspected, cancelled, holds, pass: clock.pass };
}

const waiting = () => ({ signal: new AbortController().signal });
const model = (reference: string, given: GivenTexts = {}) => ({ reference, given });
const told = () => new Promise((resolve) => setImmediate(resolve));

describe('the hold on the worker', () => {
  it('starts no worker before a model is wanted, and loads each model once', async () => {
    const { link, loads, ports } = start();
    expect(link.isLoaded(model('/a'))).toBe(false);
    expect(ports).toHaveLength(0);
    await Promise.all([link.load(model('/a'), waiting()), link.load(model('/a'), waiting())]);
    expect(link.isLoaded(model('/a'))).toBe(true);
    expect(loads).toMatchObject([{ threads: 2, memoryLimitInBytes: 8, source: { root: '/a' } }]);
  });

  it('goes on loading for a subject when the caller no longer waits', async () => {
    const { link, loads, pass } = start();
    const caller = new AbortController();
    link.holdModels([model('/a')]);
    const first = link.load(model('/a'), { signal: caller.signal });
    caller.abort();
    await expect(first).rejects.toThrow('cancelled');
    pass(1e6);
    await link.load(model('/a'), waiting());
    expect(loads).toHaveLength(1);
  });

  it('gives up a load that nobody wants any more, and loads anew when somebody does', async () => {
    const signals: AbortSignal[] = [];
    const load: EngineApi['load'] = (_, signal) => {
      signals.push(signal);
      return new Promise(() => undefined);
    };
    const { link, pass } = start({ load });
    const [caller, other] = [new AbortController(), new AbortController()];
    const waits = [caller, other].map(({ signal }) => expect(link.load(model('/a'), { signal })).rejects.toThrow('cancelled'));
    await told();
    caller.abort();
    await waits[0];
    pass(1);
    await told();
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    other.abort();
    await waits[1];
    pass(1);
    await told();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    void link.load(model('/a'), waiting());
    await told();
    expect(signals).toHaveLength(2);
  });

  it('tells all who wait how far a load is, and who comes later where it stands', async () => {
    let tell: OnProgress = () => undefined;
    let finish: () => void = () => undefined;
    const load: EngineApi['load'] = (_, __, progress) =>
      new Promise((resolve) => {
        tell = progress ?? tell;
        finish = () => resolve({ ok: true, value: { modelId: 1, description: fakeModel('a'), readFiles: [] } });
      });
    const { link } = start({ load });
    const heard: string[][] = [[], [], []];
    const listen = (who: number) => link.load(model('/a'), { ...waiting(), progress: ({ stage }) => heard[who]?.push(stage) });
    const first = [listen(0), listen(1)];
    await told();
    tell({ stage: 'reading' });
    await told();
    const late = listen(2);
    tell({ stage: 'trying' });
    await told();
    finish();
    await Promise.all([...first, late]);
    expect(heard).toEqual([
      ['reading', 'trying'],
      ['reading', 'trying'],
      ['reading', 'trying'],
    ]);
  });

  it('gives the reason of a model that is not there, and tries again', async () => {
    const { link } = start();
    expect(await link.load(model('/none'), waiting())).toEqual({ ok: false, problem: problem('modelNotFound', { path: '/none', bundled: '' }) });
    expect(link.isLoaded(model('/none'))).toBe(false);
  });

  it('keeps the one before that nothing holds, and only that', async () => {
    const { link, unloaded } = start();
    const shown: string[] = [];
    for (const name of ['/a', '/b', '/c']) {
      // The picture of the one before stays while the next is loaded.
      link.holdModels([...shown.slice(-1), name].map((one) => model(one)));
      await link.load(model(name), waiting());
      link.holdModels([model(name)]);
      shown.push(name);
    }
    await told();
    expect(unloaded).toEqual([1]);
    expect(['/a', '/b', '/c'].map((name) => link.isLoaded(model(name)))).toEqual([false, true, true]);
  });

  it('keeps a model that nothing holds for a minute, and a held one for good', async () => {
    const { link, unloaded, pass } = start();
    link.holdModels(['/a', '/b', '/c'].map((name) => model(name)));
    for (const name of ['/a', '/b', '/c']) await link.load(model(name), waiting());
    link.holdModels([model('/b'), model('/c')]);
    pass(30_000);
    // The minute does not begin anew with each text.
    link.holdModels([model('/b'), model('/c')]);
    pass(29_000);
    await told();
    expect(unloaded).toEqual([]);
    expect(link.isLoaded(model('/a'))).toBe(true);
    pass(2_000);
    await told();
    expect(unloaded).toEqual([1]);
    expect(['/a', '/b', '/c'].map((name) => link.isLoaded(model(name)))).toEqual([false, true, true]);
    link.holdModels([model('/c')]);
    pass(30_000);
    // Wanted again in time.
    await link.load(model('/b'), waiting());
    link.holdModels([model('/b')]);
    pass(40_000);
    await told();
    expect(unloaded).toEqual([1]);
    pass(21_000);
    await told();
    expect(unloaded).toEqual([1, 3]);
  });

  it('lets a model that nothing holds go before another one is loaded, and a held one stay', async () => {
    const order: string[] = [];
    const load: EngineApi['load'] = async ({ source }) => {
      order.push(`load ${source.name}`);
      return { ok: true, value: { modelId: order.length, description: fakeModel(source.name), readFiles: [] } };
    };
    const { link } = start({ load, unload: async ({ modelId }) => void order.push(`unload ${modelId}`) });
    link.holdModels([model('/a'), model('/b')]);
    for (const name of ['/a', '/b']) await link.load(model(name), waiting());
    link.holdModels([model('/b')]);
    await told();
    expect(link.isLoaded(model('/a'))).toBe(true);
    link.holdModels([model('/b'), model('/c')]);
    await link.load(model('/c'), waiting());
    expect(order).toEqual(['load /a', 'load /b', 'unload 1', 'load /c']);
    expect(['/a', '/b', '/c'].map((name) => link.isLoaded(model(name)))).toEqual([false, true, true]);
  });

  it('does not take models of a worker that ended by itself for loaded, whoever starts the next one', async () => {
    const { link, loads, ports } = start();
    link.holdModels([model('/a')]);
    await link.load(model('/a'), waiting());
    ports[0]?.close();
    await link.inspect({ modelId: 1, text: 'x', truncate: true }, waiting());
    expect(link.isLoaded(model('/a'))).toBe(false);
    await link.load(model('/a'), waiting());
    expect([loads.length, ports.length]).toEqual([2, 2]);
  });

  it('lets a large model go at once', async () => {
    let count = 0;
    const load: EngineApi['load'] = async ({ source }) => ({
      ok: true,
      value: { modelId: ++count, description: { ...fakeModel(source.name), sizeInBytes: 4e8 }, readFiles: [] },
    });
    const { link, unloaded } = start({ load });
    link.holdModels([model('/a')]);
    await link.load(model('/a'), waiting());
    link.holdModels([model('/a'), model('/b')]);
    await link.load(model('/b'), waiting());
    expect(unloaded).toEqual([]);
    link.holdModels([model('/b')]);
    await told();
    expect(unloaded).toEqual([1]);
    expect([link.isLoaded(model('/a')), link.isLoaded(model('/b'))]).toEqual([false, true]);
  });

  it('loads a model anew for other values of its inputs, and lets the one before go', async () => {
    const { link, loads, unloaded, pass } = start();
    await link.load(model('/a'), waiting());
    await link.load(model('/a', { langs: '3' }), waiting());
    await link.load(model('/a', { langs: '3' }), waiting());
    expect(loads.map(({ inputs }) => inputs)).toEqual([undefined, { langs: { values: [3] } }]);
    link.holdModels([model('/a', { langs: '3' })]);
    pass(61_000);
    await told();
    expect(unloaded).toEqual([1]);
    expect([link.isLoaded(model('/a')), link.isLoaded(model('/a', { langs: '3' }))]).toEqual([false, true]);
  });

  it('lets a run record sixteen times the memory limit in all', async () => {
    const { link, inspected } = start();
    await link.inspect({ modelId: 1, text: 'x', truncate: true }, waiting());
    expect(inspected).toEqual([{ modelId: 1, text: 'x', truncate: true, captureLimitInBytes: 16 * 8 }]);
  });

  it('ends requests for numbers of other runs, and those that nobody waits for', async () => {
    const { link, cancelled, holds } = start();
    for (const text of ['x', 'y', 'z']) await link.inspect({ modelId: 1, text, truncate: true }, waiting());
    const read = (runId: number, { signal }: { readonly signal: AbortSignal }) =>
      link.read({ of: 'thumbnails', runId, tower: 'encoder', kind: 'self', maxSide: 8 }, signal);
    const page = new AbortController();
    link.holdRuns([1]);
    const old = read(1, waiting());
    // A run that nothing showed yet: its first sight is on its way.
    const next = read(2, waiting());
    const left = read(3, page);
    void read(3, waiting()).catch(() => cancelled.push(Number.NaN));
    page.abort();
    link.holdRuns([3]);
    await expect(old).rejects.toThrow('cancelled');
    await expect(left).rejects.toThrow('cancelled');
    await new Promise((resolve) => setImmediate(resolve));
    expect(cancelled.toSorted()).toEqual([1, 3]);
    expect(await Promise.race([next, new Promise((resolve) => setTimeout(() => resolve('still waits'), 5))])).toBe('still waits');
    expect(holds).toEqual([[1], [3]]);
  });

  it.each(['Stop', 'a crash'])('after %s old numbers are gone, and a new worker loads anew and counts on', async (end) => {
    const { link, loads, ports } = start();
    const inspect = async () => {
      await link.load(model('/a'), waiting());
      const outcome = await link.inspect({ modelId: 1, text: 'x', truncate: true }, waiting());
      return outcome.ok ? outcome.value.runId : Number.NaN;
    };
    const slice = (runId: number) => ask(link, { of: 'activation', runId, activation: 'pattern' }, waiting().signal);
    expect(await inspect()).toBe(1);
    expect(await slice(1)).toMatchObject({ ok: true });
    if (end === 'Stop') link.stop();
    else ports[0]?.close();
    expect(link.isLoaded(model('/a'))).toBe(false);
    expect(await slice(1)).toMatchObject({ ok: false, problem: { code: 'workerStopped' } });
    expect(await inspect()).toBe(2);
    expect([loads.length, ports.length]).toEqual([2, 2]);
    expect(await slice(1)).toMatchObject({ ok: false });
    const outcome = await slice(2);
    expect(outcome.ok && [...new Int32Array(outcome.value.buffer, 0, 1)]).toEqual([1]);
  });

  it.each(['outOfMemory', 'engineEnded'] as const)('after %s the next call starts another worker, and who waited is told the same', async (code) => {
    const failure = { ok: false as const, problem: problem(code, { reason: 'its heap is full' }) };
    let isFull = true;
    const inspect: EngineApi['inspect'] = async (params) => (isFull ? failure : { ok: true, value: fakeRun(1, params.text) });
    const { link, loads, ports } = start({ inspect });
    await link.load(model('/a'), waiting());
    const ask = () => link.inspect({ modelId: 1, text: 'x', truncate: true }, waiting());
    isFull = false;
    await ask();
    isFull = true;
    const other = link.read({ of: 'thumbnails', runId: 1, tower: 'encoder', kind: 'self', maxSide: 8 }, waiting().signal);
    expect(await ask()).toEqual(failure);
    expect(await other).toEqual(failure);
    expect(link.isLoaded(model('/a'))).toBe(false);
    isFull = false;
    await link.load(model('/a'), waiting());
    expect(await ask()).toMatchObject({ ok: true, value: { runId: 2 } });
    expect([loads.length, ports.length]).toEqual([2, 2]);
  });

  it('keeps the worker after a failure of the text or of the file', async () => {
    const inspect: EngineApi['inspect'] = async () => ({ ok: false, problem: problem('textTooLong', { count: 9, limit: 8 }) });
    const { link, ports } = start({ inspect });
    await link.load(model('/a'), waiting());
    await link.inspect({ modelId: 1, text: 'x', truncate: true }, waiting());
    expect(link.isLoaded(model('/a'))).toBe(true);
    expect(ports).toHaveLength(1);
  });

  describe('where the files of a loaded model', () => {
    it('are the same, loads nothing', async () => {
      const { link, loads, unloaded } = start();
      const first = await link.load(model('/a'), waiting());
      expect(await link.load(model('/a'), waiting())).toBe(first);
      expect([loads.length, unloaded]).toEqual([1, []]);
    });

    it.each([
      ['were written', '2'],
      ['are gone', ''],
    ])('%s, loads them anew, and lets the model before go with the next picture', async (_, stamp) => {
      const { link, loads, unloaded, stamps } = start();
      link.holdModels([model('/a')]);
      await link.load(model('/a'), waiting());
      stamps.set('/data', stamp);
      expect(await link.load(model('/a'), waiting())).toMatchObject({ value: { modelId: 2 } });
      expect([loads.length, unloaded]).toEqual([2, []]);
      link.holdModels([model('/a')]);
      await told();
      expect(unloaded).toEqual([1]);
      await link.load(model('/a'), waiting());
      expect(loads).toHaveLength(2);
    });

    it('changed while it was loaded, loads them anew for whoever comes meanwhile', async () => {
      const { link, loads, stamps } = start();
      link.holdModels([model('/a')]);
      void link.load(model('/a'), waiting());
      await told();
      stamps.set('/data', '2');
      await link.load(model('/a'), waiting());
      expect(loads).toHaveLength(2);
    });

    it('are no model any more, says so and keeps what the picture is of', async () => {
      const { link, loads, unloaded, gone } = start();
      link.holdModels([model('/a')]);
      await link.load(model('/a'), waiting());
      gone.add('/a');
      expect(await link.load(model('/a'), waiting())).toMatchObject({ ok: false, problem: { code: 'modelNotFound' } });
      gone.clear();
      expect(await link.load(model('/a'), waiting())).toMatchObject({ value: { modelId: 1 } });
      expect([loads.length, unloaded]).toEqual([1, []]);
    });

    it('cannot be loaded by now, keeps what the picture is of and tries again', async () => {
      let count = 0;
      const { link, unloaded, stamps } = start({
        load: async ({ source }) =>
          ++count === 2
            ? { ok: false, problem: problem('notOnnx', { file: 'm', reason: 'it is a text' }) }
            : { ok: true, value: { modelId: count, description: fakeModel(source.name), readFiles: [{ path: '/data', stamp: String(count) }] } },
      });
      link.holdModels([model('/a')]);
      await link.load(model('/a'), waiting());
      stamps.set('/data', '3');
      expect(await link.load(model('/a'), waiting())).toMatchObject({ problem: { code: 'notOnnx' } });
      link.holdModels([model('/a')]);
      await told();
      expect([link.isLoaded(model('/a')), unloaded]).toEqual([true, []]);
      expect(await link.load(model('/a'), waiting())).toMatchObject({ value: { modelId: 3 } });
    });

    it('are others and large, lets the model before go first', async () => {
      const { link, unloaded, stamps } = start({
        load: async ({ source }) => ({
          ok: true,
          value: { modelId: 7, description: { ...fakeModel(source.name), sizeInBytes: 5e8 }, readFiles: [{ path: '/data', stamp: '1' }] },
        }),
      });
      link.holdModels([model('/a')]);
      await link.load(model('/a'), waiting());
      stamps.set('/data', '2');
      await link.load(model('/a'), waiting());
      expect(unloaded).toEqual([7]);
    });
  });

  it('gives a model that did not fit another worker', async () => {
    let count = 0;
    const load: EngineApi['load'] = async ({ source }) =>
      ++count === 1
        ? { ok: false, problem: problem('outOfMemory', { reason: 'full' }) }
        : { ok: true, value: { modelId: count, description: fakeModel(source.name), readFiles: [] } };
    const { link, ports } = start({ load });
    expect(await link.load(model('/a'), waiting())).toMatchObject({ ok: false, problem: { code: 'outOfMemory' } });
    expect(await link.load(model('/b'), waiting())).toMatchObject({ ok: true });
    expect(ports).toHaveLength(2);
  });

  it('runs a model on WebAssembly from then on with which the native runtime took the engine with it', async () => {
    const wish = { choice: 'native' } as const;
    let isBreaking = true;
    const { link, loads, ports } = start(
      {
        inspect: async ({ text }) => {
          if (isBreaking) ports.at(-1)?.close();
          return { ok: true, value: fakeRun(1, text) };
        },
      },
      wish,
    );
    const inspect = async () => {
      const loaded = await link.load(model('/a'), waiting());
      return loaded.ok ? link.inspect({ modelId: loaded.value.modelId, text: 'x', truncate: true }, waiting()) : loaded;
    };
    await expect(inspect()).rejects.toThrow(NativeBrokeOff);
    isBreaking = false;
    expect(await inspect()).toMatchObject({ ok: true });
    await link.load(model('/b'), waiting());
    const said = { ...wish, whyNotNative: expect.stringContaining('broke off') };
    expect(loads.map(({ engine }) => engine)).toEqual([wish, said, wish]);
  });
  it('blames no native runtime for an engine that was stopped', async () => {
    const wishes: LoadParams['engine'][] = [];
    const load: EngineApi['load'] = ({ engine }) => {
      wishes.push(engine);
      return new Promise(() => undefined);
    };
    const { link } = start({ load }, { choice: 'native' });
    const loading = link.load(model('/a'), waiting());
    await told();
    link.stop();
    await expect(loading).rejects.toThrow(ChannelClosed);
    link.load(model('/a'), waiting()).catch(() => undefined);
    await told();
    expect(wishes).toEqual([{ choice: 'native' }, { choice: 'native' }]);
  });
});
