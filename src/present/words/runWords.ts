// What of a text was run: padded, cut, or without a decoder.

import type { ModelDescription } from '../../core/modelDescription';
import type { RunSummary } from '../../core/run';
import { countText, ordinalText } from './numbers';

/** `padded to 128 tokens` */
export function paddedText(paddedTo: number): string {
  return `padded to ${countText(paddedTo)} tokens`;
}

/** `first 512 of 1,930 tokens`, `512 of 1,930 tokens, from the 701st on` */
export function truncatedText(truncated: NonNullable<RunSummary['truncated']>): string {
  const { usedTokens, allTokens, from } = truncated;
  const counts = `${countText(usedTokens)} of ${countText(allTokens)} tokens`;
  return from ? `${counts}, from the ${ordinalText(from.token + 1)} on` : `first ${counts}`;
}

/** Beside the name of a text whose document holds another one by now. */
export const staleText = 'text changed · inspect again';

/** What an encoder–decoder model has besides the encoder that was run; undefined where nothing is left out. */
export function decoderNote(model: Pick<ModelDescription, 'towers' | 'needsTarget'> | null, run: Pick<RunSummary, 'sites' | 'target'>): string | undefined {
  const hasDecoder = model?.needsTarget || model?.towers.some(({ tower }) => tower === 'decoder');
  if (!hasDecoder || run.target !== null || run.sites.some(({ tower }) => tower === 'decoder')) return undefined;
  return 'Only the encoder is shown. The decoder needs a text of its own: so far on the command line, capture --target.';
}
