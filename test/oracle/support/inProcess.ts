// The engine that the worker runs, in this process: load, inspect and slice as `capture` does. Files may be replaced by bytes in memory.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as ort from 'onnxruntime-web';
import { captureList, openKeys } from '../../../src/captures/captureList';
import { type Badge, type Check, failedCheckProblem } from '../../../src/core/check';
import type { EngineUsed } from '../../../src/core/engineName';
import { type HeadOutputs, headOutputsOf } from '../../../src/core/headOutputs';
import type { ModelDescription } from '../../../src/core/modelDescription';
import { captureName, type SiteKey, siteName } from '../../../src/core/names';
import { type Outcome, outcomeOf, ProblemError } from '../../../src/core/problem';
import type { RunSite } from '../../../src/core/run';
import { type StepsNumbers, stepsOf } from '../../../src/core/steps';
import type { Tensor } from '../../../src/core/tensor';
import { floatsOf } from '../../../src/core/tensorPack';
import { Engine } from '../../../src/engine/engine';
import type { Platform } from '../../../src/engine/load/loadModel';
import type { ModelFiles } from '../../../src/engine/load/modelFiles';
import { modelFiles } from '../../../src/engine/load/modelFiles.node';
import type { Runtime } from '../../../src/engine/session/runtime';
import { wasmRuntime } from '../../../src/engine/session/wasmRuntime';
import { ask } from '../../../src/protocol/ask';
import { compileTokenizerModule, type TokenizerModule } from '../../../src/tokenizer/webAssembly';
import type { Tensors } from '../compare';
import type { Case } from './entries';
import { sourceOf } from './sourceOf';

const root = path.resolve(import.meta.dirname, '../../..');
const memoryLimitInBytes = 512 * 2 ** 20;

ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'fatal';

let compiled: Promise<TokenizerModule> | undefined;

/** Bytes to read in place of those on disk, by a change of the file's own bytes; only for ONNX files. */
export type Replace = (bytes: Uint8Array, file: string) => Uint8Array;

function filesWith(replace: Replace): ModelFiles {
  return {
    ...modelFiles,
    async readAll(file) {
      const bytes = await modelFiles.readAll(file);
      return file.endsWith('.onnx') ? replace(bytes, file) : bytes;
    },
    sha256: async () => 'replaced',
  };
}

/** What an engine needs of its surroundings, without a worker around it. */
export function platformInProcess(replace?: Replace, runtime: Runtime = wasmRuntime): Platform {
  const tokenizerModule = () => {
    compiled ??= readFile(path.join(root, 'tokenizer-wasm/pkg/tokenizer.wasm')).then(compileTokenizerModule);
    return compiled;
  };
  return {
    files: replace ? filesWith(replace) : modelFiles,
    tokenizerModule,
    runtimeFor: async (wish) => ({
      runtime: wish?.choice === 'wasm' ? wasmRuntime : runtime,
      ...(wish?.whyNotNative && { whyNotNative: wish.whyNotNative }),
    }),
  };
}

export const engineInProcess = (replace?: Replace, runtime?: Runtime): Engine => new Engine(platformInProcess(replace, runtime));

export interface Captured {
  readonly tensors: Tensors;
  readonly description: ModelDescription;
  readonly badge: Badge;
  readonly checks: readonly Check[];
  readonly tokenIds: readonly number[];
  readonly engine: EngineUsed;
  /** Attentions that were left out, because their rows or columns are not the tokens. */
  readonly leftOut: readonly string[];
  readonly sites: readonly RunSite[];
  /** The numbers of one query token of one head; of this text, until the next one is captured. */
  steps(site: SiteKey, head: number, query: number): Promise<StepsNumbers>;
  /** What the heads add to one query token, likewise; undefined where the model has no such thing. */
  headOutputs(site: SiteKey, query: number): Promise<HeadOutputs | undefined>;
}

type CapturedText = Pick<Case, 'text' | 'text_pair' | 'target'>;

export interface CaptureOptions {
  /** False leaves out check 7, which needs a second session. */
  readonly compareOutputs?: boolean;
}

export interface LoadedEntry {
  readonly description: ModelDescription;
  /** All captures of one text, or the Problem with which `capture` would refuse. */
  capture(one: CapturedText, options?: CaptureOptions): Promise<Outcome<Captured>>;
  unload(): Promise<void>;
}

function required<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new ProblemError(outcome.problem);
  return outcome.value;
}

export interface EntryOptions {
  readonly replace?: Replace;
  /** Default: WebAssembly. */
  readonly runtime?: Runtime;
}

/** Loads the model of a folder; a refusal is a value. */
export function loadEntry(folder: string, { replace, runtime }: EntryOptions = {}): Promise<Outcome<LoadedEntry>> {
  return outcomeOf(async () => {
    const engine = engineInProcess(replace, runtime);
    const { signal } = new AbortController();
    const { modelId, description } = required(await engine.load({ source: await sourceOf(folder), threads: 1, memoryLimitInBytes }, signal));
    return {
      description,
      unload: () => engine.unload({ modelId }, signal),
      capture: (one, options = {}) => outcomeOf(() => captureAll({ engine, modelId, description }, one, options)),
    };
  });
}

interface LoadedModel {
  readonly engine: Engine;
  readonly modelId: number;
  readonly description: ModelDescription;
}

async function captureAll({ engine, modelId, description }: LoadedModel, one: CapturedText, { compareOutputs }: CaptureOptions): Promise<Captured> {
  const { signal } = new AbortController();
  const { activations, keys } = captureList(description, {});
  const run = required(
    await engine.inspect(
      { modelId, text: one.text, pair: one.text_pair, target: one.target, truncate: false, request: { activations }, compareOutputs },
      signal,
    ),
  );
  const failed = run.checks.find((check) => check.state === 'failed');
  if (failed) throw new ProblemError(failedCheckProblem(failed));
  const tensors = new Map<string, Tensor>();
  for (const key of openKeys(keys, run.sites)) {
    const pack = required(await ask(engine, { of: 'activation', runId: run.runId, ...key }, signal));
    tensors.set(captureName(key), { dims: pack.headers[0]?.dims ?? [], data: floatsOf(pack, 'values') ?? new Float32Array() });
  }
  const leftOut = run.sites.filter((site) => site.closedBecause !== undefined).map(siteName);
  return {
    tensors,
    description,
    badge: run.badge,
    checks: run.checks,
    leftOut,
    sites: run.sites,
    steps: async ({ tower, layer, kind }, head, query) =>
      stepsOf(required(await ask(engine, { of: 'steps', runId: run.runId, tower, layer, kind, head, query }, signal))) as StepsNumbers,
    headOutputs: async ({ tower, layer, kind }, query) => {
      const outcome = await ask(engine, { of: 'headOutputs', runId: run.runId, tower, layer, kind, query }, signal);
      if (!outcome.ok && outcome.problem.code !== 'activationAbsent') throw new ProblemError(outcome.problem);
      return outcome.ok ? headOutputsOf(outcome.value) : undefined;
    },
    engine: run.engine,
    tokenIds: (run.tokens.source ?? []).map((token) => token.id),
  };
}
