// Whether the rows and columns of a model's attentions are the tokens: tried once for the files that run together, kept with the model.

import { siteName } from '../../core/names';
import type { RowFinding } from '../checks/rowFinding';
import type { LoadedModelState } from '../model/loadedModel';
import type { ModelPart } from '../session/modelPart';
import { specialIds } from '../text/specialIds';
import { tryRows } from './rows/rows';

/** Pieces of larger files would take too much of the runtime's memory beside the file itself. */
export const sizeLimitInBytes = 500_000_000;
const tooLarge: RowFinding = { state: 'not run', reason: 'the model is larger than 500 MB' };

/** By site name. `length`: a length that the model takes, where it takes no shorter one. */
export async function tokenRowsOf(model: LoadedModelState, parts: readonly ModelPart[], length: number): Promise<ReadonlyMap<string, RowFinding>> {
  const known = model.words.get(parts.length);
  if (known) return known;
  const limits = [model.rules.limit, model.rules.targetLimit].filter((limit) => limit !== null);
  const limit = limits.length > 0 ? Math.min(...limits) : null;
  const isTooLarge = model.description.sizeInBytes > sizeLimitInBytes;
  const skipped = () => new Map(parts.flatMap(({ facts }) => facts.sites.map((site) => [siteName(site), tooLarge] as const)));
  const words = isTooLarge
    ? skipped()
    : await tryRows({ parts, padId: model.padId, special: specialIds(model.tokenizer), limit, length, ...(model.given && { given: model.given }) });
  model.words.set(parts.length, words);
  return words;
}
