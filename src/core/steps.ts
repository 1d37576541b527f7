// The numbers of one query token of one head, from q·k to z: how they travel, and what they are on arrival.

import { floatsOf, intsOf, type PackEntry, pack, type TensorPack } from './tensorPack';

/** What a stage does to the row of keys before it. `bias`, `mask` and `added` (its role is unknown) add a term; `where` puts another number in its place. */
export const stageOps = ['product', 'multiply', 'divide', 'softcap', 'bias', 'mask', 'added', 'where'] as const;
export type StageOp = (typeof stageOps)[number];

/** One stage of the way from q·k to the score, with the row of keys after it. */
export interface Stage {
  readonly op: StageOp;
  /** Factor, divisor or cap; undefined for the others. */
  readonly by?: number;
  /** [key] */
  readonly values: Float32Array;
  /** [key] what is added to each key, or put in its place (0: nothing); undefined where nothing is. */
  readonly terms?: Float32Array;
}

/** What is not there cannot be had of this model. */
export interface StepsNumbers {
  /** The first one is q·k; empty where the way to the scores is not known. */
  readonly stages: readonly Stage[];
  /** [key] what the model's softmax received, and what it gave. */
  readonly scores?: Float32Array;
  readonly weights: Float32Array;
  /** [key] the weights as they mix the values, where the model rounds them. */
  readonly mixed?: Float32Array;
  /** A learned logit that takes part in the softmax. */
  readonly sink?: number;
  /** [e] and [key, e], as they are multiplied: after rotary. */
  readonly q?: Float32Array;
  readonly k?: Float32Array;
  /** [key, e] */
  readonly v?: Float32Array;
  /** [e] the model's own. */
  readonly z?: Float32Array;
  /** [key] ‖v · W_O‖ */
  readonly outNorms?: Float32Array;
  /** [d] z · W_O, no bias. */
  readonly result?: Float32Array;
}

const rows = ['scores', 'weights', 'mixed', 'q', 'k', 'v', 'z', 'outNorms', 'result'] as const;

export function packSteps(numbers: StepsNumbers): TensorPack {
  const { stages, sink } = numbers;
  const stageEntries = stages.flatMap(({ values, terms }, i): PackEntry[] => [
    { name: `stage ${i}`, dims: [values.length], data: values },
    ...(terms ? [{ name: `terms ${i}`, dims: [terms.length], data: terms }] : []),
  ]);
  const ownEntries = rows.flatMap((name): PackEntry[] => {
    const data = numbers[name];
    return data ? [{ name, dims: [data.length], data }] : [];
  });
  return pack([
    { name: 'ops', dims: [stages.length], data: Int32Array.from(stages, ({ op }) => stageOps.indexOf(op)) },
    { name: 'by', dims: [stages.length], data: Float32Array.from(stages, ({ by }) => by ?? Number.NaN) },
    ...stageEntries,
    ...ownEntries,
    ...(sink === undefined ? [] : [{ name: 'sink', dims: [1], data: Float32Array.of(sink) }]),
  ]);
}

/** Undefined where the pack is none of steps. */
export function stepsOf(source: TensorPack): StepsNumbers | undefined {
  const ops = intsOf(source, 'ops');
  const weights = floatsOf(source, 'weights');
  if (!ops || !weights) return undefined;
  const by = floatsOf(source, 'by');
  const stages = Array.from(ops, (op, i): Stage => {
    const [factor, terms] = [by?.[i], floatsOf(source, `terms ${i}`)];
    return {
      op: stageOps[op] as StageOp,
      values: floatsOf(source, `stage ${i}`) ?? new Float32Array(weights.length),
      ...(factor !== undefined && !Number.isNaN(factor) && { by: factor }),
      ...(terms && { terms }),
    };
  });
  const own = Object.fromEntries(rows.flatMap((name) => (floatsOf(source, name) ? [[name, floatsOf(source, name)]] : [])));
  const sink = floatsOf(source, 'sink')?.[0];
  return { ...own, weights, stages, ...(sink !== undefined && { sink }) };
}
