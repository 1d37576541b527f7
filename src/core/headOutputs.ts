// What the heads of one attention add to the stream of one token: how the numbers travel, and what they are on arrival.

import { floatsOf, type PackEntry, pack, type TensorPack } from './tensorPack';

/** The heads' parts and the bias are what attn_out is the sum of. */
export interface HeadOutputs {
  readonly headCount: number;
  /** [head, e] */
  readonly z: Float32Array;
  /** [head, d] z · W_O of each head, no bias. */
  readonly results: Float32Array;
  /** [d] what W_O adds for every token; undefined where it adds nothing. */
  readonly bias?: Float32Array;
  /** [d] the model's own. */
  readonly attnOut: Float32Array;
  /** [d] the stream that it is added to; undefined where it cannot be had. */
  readonly residPre?: Float32Array;
}

const optional = ['bias', 'residPre'] as const;

export function packHeadOutputs(outputs: HeadOutputs): TensorPack {
  const { headCount, z, results, attnOut } = outputs;
  return pack([
    { name: 'z', dims: [headCount, z.length / headCount], data: z },
    { name: 'results', dims: [headCount, results.length / headCount], data: results },
    { name: 'attnOut', dims: [attnOut.length], data: attnOut },
    ...optional.flatMap((name): PackEntry[] => {
      const data = outputs[name];
      return data ? [{ name, dims: [data.length], data }] : [];
    }),
  ]);
}

/** Undefined where the pack is none of head outputs. */
export function headOutputsOf(source: TensorPack): HeadOutputs | undefined {
  const [z, results, attnOut] = ['z', 'results', 'attnOut'].map((name) => floatsOf(source, name));
  const headCount = source.headers.find(({ name }) => name === 'z')?.dims[0];
  if (!z || !results || !attnOut || headCount === undefined) return undefined;
  const [bias, residPre] = optional.map((name) => floatsOf(source, name));
  return { headCount, z, results, attnOut, ...(bias && { bias }), ...(residPre && { residPre }) };
}
