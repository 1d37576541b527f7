// One layer of a tower: what stands around its attention.

import type { Activation, Tower } from '../../core/names';
import type { CaptureRef, RowMap, TensorRef } from './captures';
import type { Linear } from './linear';

/** One layer of a tower. Every member absent from `captures` has its reason in `absent`. */
export interface Block {
  readonly tower: Tower;
  readonly layer: number;
  readonly captures: Readonly<Partial<Record<Activation, CaptureRef>>>;
  readonly absent: Readonly<Partial<Record<Activation, string>>>;
  /** Where the norm stands: told to the reader, used by check 6. */
  readonly form: 'pre-norm' | 'post-norm' | 'sandwich norm' | 'parallel' | 'no norm' | 'unknown';
  /** True where what leaves the layer is what enters the layer after it in the tower. */
  readonly leadsOn: boolean;
  /** What stands beside the attention's output in the sum of a parallel block, where that is mlp_out times constants: with the map to it. */
  readonly scaledMlpOut?: { readonly tensor: TensorRef; readonly map: RowMap };
  /** The addition that ends the layer, where it has one of its own after the attention's. */
  readonly end?: EndAdd;
  /** The layer from mlp_post to mlp_out. */
  readonly down?: Linear;
  /** From mlp_pre to mlp_post; `beside` is what its gate multiplies. */
  readonly activation?: { readonly map: RowMap; readonly beside?: TensorRef };
  /** From the last sum to resid_post, where a norm stands between. */
  readonly endNorm?: RowMap;
}

/** Where the feed-forward part joins the residual stream: skip + added = sum. */
export interface EndAdd {
  readonly skip: TensorRef;
  readonly added: TensorRef;
  readonly sum: TensorRef;
  /** From mlp_out to `added`, where a norm or factors stand between. */
  readonly map?: RowMap;
}
