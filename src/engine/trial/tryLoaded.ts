// The trial of a model that was just loaded: its session is made with everything that a first inspection wants, so that none is made twice.

import { type Problem, ProblemError } from '../../core/problem';
import { captureTable, requested } from '../model/captureTable';
import { capturePlan } from '../pass/capturePlan';
import type { ModelPart } from '../session/modelPart';
import { plansOf, tensorsOf } from './rows/rows';
import { type TrialOptions, trialTensors, tryModel } from './tryModel';

/** Why the model cannot be run, where the trial shows that; the model can still be described. */
export async function tryLoaded(parts: readonly ModelPart[], options: TrialOptions): Promise<Problem | undefined> {
  // Values for one text fit no other text.
  if (Object.values(options.given ?? {}).some((given) => given.dims !== undefined)) return undefined;
  try {
    const table = captureTable(parts.map((part) => part.facts));
    const { wanted } = capturePlan(parts, requested(table, undefined), true);
    const rows = plansOf(parts).map(tensorsOf);
    for (const [i, part] of parts.entries()) await part.prepare(new Set([...(wanted[i] ?? []), ...trialTensors(part.facts), ...(rows[i] ?? [])]));
    await tryModel(parts, options);
    return undefined;
  } catch (error) {
    for (const part of parts) await part.release();
    if (error instanceof ProblemError) return error.problem;
    throw error;
  }
}
