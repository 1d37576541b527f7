// One attention of a graph: where its activations lie and what stands between them.

import type { Activation, SiteKey } from '../../core/names';
import type { CaptureRef, RowMap, TensorRef } from './captures';
import type { Linear } from './linear';

/** A factor that is one number: known from the file, or a tensor of one element read at run time. */
export type Scalar = { readonly value: number } | { readonly tensor: string };

/** One step from the raw product q·kᵀ to what softmax receives, in order. */
export type ScoreStep =
  | { readonly op: 'multiply'; readonly by: Scalar }
  | { readonly op: 'divide'; readonly by: Scalar }
  /** cap · tanh(x / cap) */
  | { readonly op: 'softcap'; readonly cap: Scalar }
  /** Adds a tensor that broadcasts to [head, query, key]; `subtract` for x − term. */
  | { readonly op: 'add'; readonly term: CaptureRef; readonly role: 'bias' | 'mask' | 'unknown'; readonly subtract?: boolean }
  /** Where(condition, …): cells whose condition equals `keepWhen` keep their value, the others take `otherwise`. */
  | { readonly op: 'where'; readonly condition: CaptureRef; readonly keepWhen: boolean; readonly otherwise: Scalar };

/** Where attn_out joins the residual stream. */
export interface ResidualAdd {
  /** The stream that is added to. */
  readonly skip: TensorRef;
  /** What is added: attn_out itself, or attn_out after a norm, a factor or a rounding to 8 bits (then `addedIs` says so). */
  readonly added: TensorRef;
  readonly sum: TensorRef;
  readonly addedIs: 'attn_out' | 'normed attn_out' | 'scaled attn_out' | 'rounded attn_out' | 'attn_out + mlp_out';
  /** From attn_out to what is added, where a norm or factors stand between. */
  readonly map?: RowMap;
  /** From the sum to resid_mid, where a norm stands between. */
  readonly midNorm?: RowMap;
}

export interface Site extends SiteKey {
  /** For people: 'MatMul → Softmax → MatMul', 'com.microsoft.GroupQueryAttention' … */
  readonly recognisedAs: string;
  /** Names of the graph's nodes it rests on (qk product, softmax, weighted sum, output projection). */
  readonly nodes: readonly string[];
  /** Where the activations lie: q, k, v, rot_q, rot_k, scores, pattern, z, attn_out, resid_mid. */
  readonly captures: Readonly<Partial<Record<Activation, CaptureRef>>>;
  /** Reasons for what is not there. */
  readonly absent: Readonly<Partial<Record<Activation, string>>>;
  /** True where keys and values are shared by groups of heads and the captured k, v hold one copy per head. */
  readonly kvRepeated: boolean;
  /** Steps from q·kᵀ (rotated where rotary) to scores; undefined where they cannot be isolated (`whyUnchecked`). */
  readonly scoreSteps?: readonly ScoreStep[];
  readonly whyUnchecked?: string;
  /** Learned sink logit, one per head, that takes part in softmax and is then dropped: [head]. */
  readonly sink?: CaptureRef;
  /** The weights as they mix the values, where they are rounded to 8 bits after the softmax. */
  readonly patternAsMixed?: CaptureRef;
  /** True when scores/pattern were recomputed by side nodes because a fused operator hides them. */
  readonly isRecomputed: boolean;
  /** W_O: what the merged heads enter; undefined where no linear layer follows. */
  readonly outputProjection?: Linear;
  readonly residual?: ResidualAdd;
  /** From the mask subgraph; undefined: unknown. */
  readonly isCausal?: boolean;
  readonly heads?: number;
  readonly kvHeads?: number;
  readonly headSize?: number;
  /** H = 1 attention of a recurrent model: scores from a small network or a product, no W_O. */
  readonly isRecurrent?: boolean;
}
