// Resolves --model with --variant and --onnx-file, and loads it into the engine.

import { resolve } from 'node:path';
import type { EngineWish } from '../../core/engineName';
import { ProblemError } from '../../core/problem';
import { folderListing } from '../../models/folderListing.node';
import { resolveModel } from '../../models/resolveModel';
import { engineSentence } from '../../present/words/engineWords';
import type { LoadedModel } from '../../protocol/engineApi';
import { givenInputs } from '../files/givenInputs.node';
import type { CommandContext } from './commandContext';

/** The engine may hold this much of a run before it goes layer by layer. */
const memoryLimitInBytes = 512 * 2 ** 20;

export interface CommandModel {
  /** Default: that of --model. */
  readonly model?: string;
  /** Default: that of --engine. */
  readonly wish?: EngineWish;
  readonly tokenizerOptional?: boolean;
  readonly attentionOptional?: boolean;
}

/** Problems: those of the resolver and of loading. */
export async function loadForCommand(context: CommandContext, which: CommandModel = {}): Promise<LoadedModel> {
  const { values, repeated, engine, note, bundledFolder } = context;
  const { model: given = values.get('model') ?? '', wish = context.wish, tokenizerOptional = false, attentionOptional = false } = which;
  const model = given.startsWith('bundled:') ? given : resolve(given);
  const source = await resolveModel({ model, variant: values.get('variant'), onnxFile: values.get('onnx-file'), bundledFolder }, folderListing);
  const inputs = await givenInputs(repeated.get('input') ?? []);
  const outcome = await engine.load({ source, threads: 0, engine: wish, memoryLimitInBytes, tokenizerOptional, attentionOptional, ...(inputs && { inputs }) });
  if (!outcome.ok) throw new ProblemError(outcome.problem);
  const { whyNotNative } = outcome.value.description.engine;
  // Why it broke off was said when it did.
  if (whyNotNative !== undefined && wish.whyNotNative === undefined) note(engineSentence(outcome.value.description.engine));
  return outcome.value;
}
