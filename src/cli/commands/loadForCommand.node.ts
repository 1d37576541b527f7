// Resolves --model with --variant and --onnx-file, and loads it into the engine.

import { resolve } from 'node:path';
import { ProblemError } from '../../core/problem';
import { folderListing } from '../../models/folderListing.node';
import { resolveModel } from '../../models/resolveModel';
import type { LoadedModel } from '../../protocol/engineApi';
import { givenInputs } from '../files/givenInputs.node';
import type { CommandContext } from './commandContext';

/** The engine may hold this much of a run before it goes layer by layer. */
const memoryLimitInBytes = 512 * 2 ** 20;

/** Problems: those of the resolver and of loading. */
export async function loadForCommand({ values, repeated, engine, bundledFolder }: CommandContext, tokenizerOptional: boolean): Promise<LoadedModel> {
  const given = values.get('model') ?? '';
  const model = given.startsWith('bundled:') ? given : resolve(given);
  const source = await resolveModel({ model, variant: values.get('variant'), onnxFile: values.get('onnx-file'), bundledFolder }, folderListing);
  const inputs = await givenInputs(repeated.get('input') ?? []);
  const outcome = await engine.load({ source, threads: 0, memoryLimitInBytes, tokenizerOptional, ...(inputs && { inputs }) });
  if (!outcome.ok) throw new ProblemError(outcome.problem);
  return outcome.value;
}
