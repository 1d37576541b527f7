// The engine in this process, over files that exist in memory only.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ProblemError, problem } from '../../src/core/problem';
import { Engine } from '../../src/engine/engine';
import type { Platform } from '../../src/engine/load/loadModel';
import type { ModelFiles } from '../../src/engine/load/modelFiles';
import { wasmRuntime } from '../../src/engine/session/wasmRuntime';
import { ask } from '../../src/protocol/ask';
import type { InspectParams, LoadedModel } from '../../src/protocol/engineApi';
import type { ModelFile, ModelSource } from '../../src/protocol/modelSource';
import { compileTokenizerModule } from '../../src/tokenizer/webAssembly';

const module = compileTokenizerModule(new Uint8Array(readFileSync(new URL('../../tokenizer-wasm/pkg/tokenizer.wasm', import.meta.url))));

/** Files by path. */
export function memoryFiles(files: Readonly<Record<string, Uint8Array>>): ModelFiles {
  const content = (path: string) => {
    const bytes = files[path];
    if (!bytes) throw new ProblemError(problem('fileMissing', { path, reason: 'there is no such file' }));
    return bytes;
  };
  return {
    size: async (path) => files[path]?.length,
    stamp: async (path) => String(files[path]?.length ?? ''),
    readAll: async (path) => content(path),
    readRanges: async (path, ranges) => new Uint8Array(Buffer.concat(ranges.map(({ from, to }) => content(path).subarray(from, to)))),
    sha256: async (bytes) => createHash('sha256').update(bytes).digest('hex'),
  };
}

export interface MemoryModel {
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly roles?: Readonly<Record<string, ModelFile['role']>>;
  readonly config?: ModelSource['config'];
  /** Files that are only tried where the first one wants more than a text. */
  readonly alternatives?: readonly string[];
  readonly memoryLimitInBytes?: number;
}

export const signal = () => new AbortController().signal;

/** What the engine is given of this process. */
export function platformOf(files: MemoryModel['files']): Platform {
  const placed = Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`/m/${name}`, bytes]));
  return { files: memoryFiles(placed), tokenizerModule: async () => module, runtimeFor: async () => ({ runtime: wasmRuntime }) };
}

/** A model of files in the folder /m; those that end in .onnx are its parts, in the order given. */
export function sourceOf(model: MemoryModel): ModelSource {
  const { alternatives = [] } = model;
  const onnx = Object.entries(model.files).filter(([name]) => name.endsWith('.onnx'));
  const all = onnx.map(([path, bytes]): ModelFile => ({ role: model.roles?.[path] ?? 'model', path, sizeInBytes: bytes.length }));
  const files = all.filter(({ path }) => !alternatives.includes(path));
  const others = alternatives.flatMap((path) => all.find((file) => file.path === path) ?? []);
  return {
    name: 'm',
    root: '/m',
    files,
    alternatives: others,
    tokenizer: 'tokenizer.json',
    config: model.config ?? {},
    generationConfig: {},
    tokenizerConfig: {},
  };
}

export async function loadInMemory(model: MemoryModel): Promise<{ readonly engine: Engine; readonly loaded: LoadedModel }> {
  const engine = new Engine(platformOf(model.files));
  const outcome = await engine.load({ source: sourceOf(model), threads: 1, memoryLimitInBytes: model.memoryLimitInBytes ?? 1e8 }, signal());
  if (!outcome.ok) throw new ProblemError(outcome.problem);
  return { engine, loaded: outcome.value };
}

/** A run of this text with its first sight; its failure is thrown. */
export async function inspected(model: MemoryModel, params: Omit<InspectParams, 'modelId' | 'truncate'> & { readonly truncate?: boolean }) {
  const { engine, loaded } = await loadInMemory(model);
  const outcome = await engine.inspect({ truncate: false, ...params, modelId: loaded.modelId }, signal());
  if (!outcome.ok) throw new ProblemError(outcome.problem);
  const firstSight = await ask(engine, { of: 'firstSight', runId: outcome.value.runId });
  if (!firstSight.ok) throw new ProblemError(firstSight.problem);
  return { engine, loaded, run: { ...outcome.value, firstSight: firstSight.value } };
}
