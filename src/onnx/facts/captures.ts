// Where an activation lies: tensors of the (instrumented) graph and what their axes mean.

/**
 * A tensor of the (instrumented) graph and what its axes mean, outermost first:
 * `h` head (several h axes merge in order), `q` query token, `k` key token, `t` token, `e` per-head dimension,
 * `d` any width (model, feed-forward, vocabulary), `1` an axis of size 1, `*` all remaining leading axes, merged into heads
 * (they must multiply to 1 where the activation has no heads). Example: `*qk`, `*ek` (a transposed key), `1qhe`.
 */
export interface TensorRef {
  readonly tensor: string;
  readonly axes: string;
}

/** Parts joined along the head axis: one for most models, one per head where every head has a softmax of its own. */
export type CaptureRef = readonly TensorRef[];

/** Names of two tensors of rows: `to` is made from `from` by a function of each row alone (a norm, a scale, an activation function). */
export interface RowMap {
  readonly from: string;
  readonly to: string;
  /** A second tensor that takes part, row by row: what a gate multiplies. */
  readonly beside?: string;
  /** A constant that the given rows hold and `from` does not: a bias that the next operator adds itself. */
  readonly less?: string;
}
