import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { connect } from '../../../src/protocol/channel';
import { startEngineProcess } from '../../../src/protocol/engineProcess.node';

const folder = mkdtempSync(path.join(tmpdir(), 'process-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface TestApi {
  flags(params: object, signal: AbortSignal): Promise<{ readonly pid: number; readonly flags: readonly string[] }>;
  twice(params: { readonly values: Float32Array }, signal: AbortSignal): Promise<Float32Array>;
  end(params: { readonly code: number }, signal: AbortSignal): Promise<void>;
}

const module = path.join(folder, 'engine.cjs');
writeFileSync(
  module,
  `const api = {
  flags: () => ({ pid: process.pid, flags: process.execArgv }),
  twice: ({ values }) => values.map((value) => 2 * value),
  end: ({ code }) => process.exit(code),
};
process.on('disconnect', () => process.exit());
process.on('message', ({ id, method, params }) => process.send({ type: 'result', id, value: api[method](params) }));`,
);

function started(flags?: readonly string[]) {
  const errors: string[] = [];
  const port = startEngineProcess({ module, onError: ({ message }) => errors.push(message), ...(flags && { flags }) });
  return { engine: connect<TestApi>(port), errors };
}

async function isGone(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 200; tries++) {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

describe('the process of the engine', () => {
  it('has flags of its own, takes numbers as they are, and is gone when it is closed', async () => {
    const { engine, errors } = started();
    const { pid, flags } = await engine.flags({});
    expect(flags).toEqual([expect.stringMatching(/^--wasm-tiering-budget=\d+$/)]);
    expect(await engine.twice({ values: Float32Array.of(1.5, Number.NEGATIVE_INFINITY) })).toEqual(Float32Array.of(3, Number.NEGATIVE_INFINITY));
    engine.close();
    expect(await isGone(pid)).toBe(true);
    expect([engine.closed, errors]).toEqual([true, []]);
  });
  it('starts without flags that its Node does not know, and loses no call', async () => {
    const { engine, errors } = started(['--no-such-flag-of-v8']);
    expect((await engine.flags({})).flags).toEqual([]);
    expect(errors).toEqual([]);
    engine.close();
  });
  it('that ends by itself rejects what waits, and says of what it ended', async () => {
    const { engine, errors } = started();
    await engine.flags({});
    await expect(engine.end({ code: 3 })).rejects.toThrow('The channel is closed.');
    expect([engine.closed, errors]).toEqual([true, ["The engine's process ended (3)."]]);
  });
});
