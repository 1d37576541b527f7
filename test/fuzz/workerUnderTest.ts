// The engine's worker, built from the sources into a folder of its own, with a clock and a memory limit around every call.

import { copyFileSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { connect, type Remote } from '../../src/protocol/channel';
import type { EngineApi } from '../../src/protocol/engineApi';
import { type WorkerEnd, workerPort } from '../../src/protocol/workerPort';

const root = path.resolve(import.meta.dirname, '../..');
const runtime = path.join(root, 'node_modules/onnxruntime-web/dist');

/** A folder with worker.cjs and the files beside it. Remove it with `removeFolder`. */
export async function buildWorker(): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'engine-'));
  await build({
    entryPoints: [path.join(root, 'src/engine/main.node.ts')],
    outfile: path.join(folder, 'worker.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'error',
    alias: { 'onnxruntime-web': path.join(runtime, 'ort.node.min.js') },
  });
  for (const file of ['ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm']) symlinkSync(path.join(runtime, file), path.join(folder, file));
  copyFileSync(path.join(root, 'tokenizer-wasm/pkg/tokenizer.wasm'), path.join(folder, 'tokenizer.wasm'));
  return folder;
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

export class TookTooLong extends Error {}

/** One worker at a time: replaced after a crash, a hang, or `lifetime` calls. */
export class WorkerUnderTest {
  private worker: Worker | undefined;
  private engine: Remote<EngineApi> | undefined;
  private calls = 0;

  constructor(
    private readonly folder: string,
    private readonly limitInMs: number,
    private readonly lifetime = 200,
  ) {}

  private fresh(): Remote<EngineApi> {
    this.close();
    this.calls = 0;
    this.worker = new Worker(path.join(this.folder, 'worker.cjs'), {
      stdout: true,
      stderr: true,
      workerData: { threads: 1 },
      resourceLimits: { maxOldGenerationSizeMb: 1024 },
    });
    this.worker.on('error', () => undefined);
    this.engine = connect<EngineApi>(workerPort(this.worker as unknown as WorkerEnd));
    return this.engine;
  }

  close(): void {
    this.engine?.close();
    this.engine = undefined;
  }

  /** Runs `work` against the clock. A hang throws TookTooLong and ends the worker; a crash rejects by itself. */
  async call<T>(work: (engine: Remote<EngineApi>) => Promise<T>): Promise<T> {
    const engine = this.engine && !this.engine.closed && this.calls++ < this.lifetime ? this.engine : this.fresh();
    let clock: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      clock = setTimeout(() => reject(new TookTooLong(`no answer within ${this.limitInMs} ms`)), this.limitInMs);
    });
    try {
      return await Promise.race([work(engine), late]);
    } catch (error) {
      this.close();
      throw error;
    } finally {
      clearTimeout(clock);
    }
  }
}
