// Loads a model on the runtime that is wished for. What the native one refuses, WebAssembly may take: then it is loaded there, and said.

import { outcomeOf, type Problem } from '../../core/problem';
import type { LoadParams, Watching } from '../../protocol/engineApi';
import type { LoadedModelState } from '../model/loadedModel';
import { loadModel, type Platform } from './loadModel';

const ofRuntime: readonly string[] = ['runtimeRefused', 'operatorUnknown'];

/** Whether a runtime itself refused. */
export const isOfRuntime = ({ code }: Problem): boolean => ofRuntime.includes(code);
export const saidOfNative = ({ message }: Problem): string => `the native runtime did not take this model: ${message.replace(/\.$/, '')}`;

/** Of what the trial showed, WebAssembly has the last word, as it is the reference; what the user is to say is the same on both. */
const mayBeOfEngine = ({ code }: Problem) => code !== 'inputUnknown';

/** Problems: those of `loadModel`. */
export async function loadOnRuntime(modelId: number, params: LoadParams, platform: Platform, watching?: Watching): Promise<LoadedModelState> {
  const on = (wish: LoadParams['engine']) => {
    const runtime = platform.runtimeFor(wish, params);
    return { runtime, model: loadModel(modelId, params, { ...platform, runtime }, watching) };
  };
  const { runtime, model } = on(params.engine);
  const first = await outcomeOf(() => model);
  const refused = first.ok ? first.value.refusal : first.problem;
  const problem = refused && (first.ok ? mayBeOfEngine(refused) : isOfRuntime(refused)) && (await runtime).runtime.name === 'native' ? refused : undefined;
  if (!problem) return model;
  if (first.ok) await releaseModel(first.value);
  return on({ choice: 'wasm', whyNotNative: saidOfNative(problem) }).model;
}

export async function releaseModel({ parts }: LoadedModelState): Promise<void> {
  for (const part of parts) await part.release();
}
