// How far an identity may be off, relative to the largest value of the tensor, by what the model computes in.
// The one table; docs/numerics.md says why each figure is what it is.

import type { Identity } from '../../core/check';
import type { GraphFacts } from '../../onnx/facts/graphFacts';

type Precision = GraphFacts['precision'];

const float32 = 1e-4;
/** Half precision keeps 11 bits; sums of hundreds of terms lose a few of them. */
const float16 = 2e-2;
/** Where activations are rounded to 8 bits at run time, one last digit may fall either way: 1/127 of the range. */
const rounded = 2e-2;

const table: Readonly<Record<Precision, Partial<Record<Identity, number>> & { readonly other: number }>> = {
  float32: { other: float32 },
  float16: { other: float16 },
  int8: { projection: rounded, outputs: 5e-2, other: float32 },
  int4: { projection: rounded, outputs: 5e-2, other: float32 },
  mixed: { other: rounded, outputs: 5e-2 },
};

export function toleranceOf(identity: Identity, precision: Precision): number {
  return table[precision][identity] ?? table[precision].other;
}
