// The trial of a model that was just loaded: its session is made with everything that a first inspection wants, so that none is made twice.

import { type Problem, ProblemError } from '../../core/problem';
import { capturePlan } from '../capturePlan';
import { captureTable, requested } from '../captureTable';
import type { ModelPart } from '../modelPart';
import { type TrialOptions, trialTensors, tryModel } from './tryModel';

/** Why the model cannot be run, where the trial shows that; the model can still be described. */
export async function tryLoaded(parts: readonly ModelPart[], options: TrialOptions): Promise<Problem | undefined> {
  // Values for one text fit no other text.
  if (Object.values(options.given ?? {}).some((given) => given.dims !== undefined)) return undefined;
  try {
    const table = captureTable(parts.map((part) => part.facts));
    const { wanted } = capturePlan(parts, requested(table, undefined), true);
    for (const [i, part] of parts.entries()) await part.prepare(new Set([...(wanted[i] ?? []), ...trialTensors(part.facts)]));
    await tryModel(parts, options);
    return undefined;
  } catch (error) {
    for (const part of parts) await part.release();
    if (error instanceof ProblemError) return error.problem;
    throw error;
  }
}
