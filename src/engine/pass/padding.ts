// Texts shorter than the fixed length of a graph: how long they are padded, and whether the graph can tell padding from text.

import { refuse } from '../../core/problem';
import type { TokenListName } from '../../core/run';
import type { InputRole } from '../../onnx/facts/inputs';
import type { LoadedModelState } from '../model/loadedModel';
import { fixedLength } from '../session/feeds';
import type { ModelPart } from '../session/modelPart';
import type { ModelText } from '../text/modelText';
import { tokenLists } from './tokenLists';

export interface RunTexts {
  readonly model: Pick<LoadedModelState, 'parts'>;
  readonly text: Pick<ModelText, TokenListName>;
}

/** The length that a text is padded to; undefined where it is not padded. */
export function paddedLengthOf({ model, text }: RunTexts, list: TokenListName): number | undefined {
  const [first = [], second] = model.parts.map((part) => part.facts.inputs);
  const ofTarget = second ? (fixedLength(second, 'tokenIds') ?? fixedLength(second, 'decoderTokenIds')) : fixedLength(first, 'decoderTokenIds');
  const length = list === 'source' ? fixedLength(first, 'tokenIds') : ofTarget;
  const tokens = text[list];
  return tokens && length !== undefined && length > tokens.length ? length : undefined;
}

/** The fixed length of the graph where a text is shorter; the longer one where both texts are padded. */
export function paddedLength(run: RunTexts): number | null {
  const lengths = (['source', 'target'] as const).map((list) => paddedLengthOf(run, list) ?? 0);
  return Math.max(...lengths) || null;
}

/**
 * Problem textTooShort: a text is padded, and an attention that reads it is neither told by a mask nor known to be causal.
 * (A causal one never reads padding, which stands at the end.)
 */
export function refuseUnmaskedPadding(run: RunTexts & { readonly activeParts: readonly ModelPart[] }): void {
  run.activeParts.forEach(({ facts }, part) => {
    const has = (role: InputRole) => facts.inputs.some((input) => input.role === role);
    for (const site of facts.sites) {
      const list = tokenLists(run, site).keyTokens;
      const isMasked =
        list === 'source' ? has('encoderAttentionMask') || (part === 0 && has('attentionMask')) : has('attentionMask') || has('decoderAttentionMask');
      const limit = paddedLengthOf(run, list);
      if (limit !== undefined && !isMasked && site.isCausal !== true) refuse('textTooShort', { limit, count: run.text[list]?.length ?? 0 });
    }
  });
}
