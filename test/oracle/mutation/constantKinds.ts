// Mutations of the numbers of a graph: scales, sizes, masks, weights. They know nothing of attention.

import { type Mutation, type Patient, pick } from './mutation';
import { bigIntsIn, type Constant, floatsIn } from './onnxParts';

const countOf = ({ dims }: Constant) => dims.reduce((product, dim) => product * dim, 1);

const constantChanged: Mutation = {
  name: 'a number of the graph changed',
  rule: 'numbers',
  // It may turn a mask.
  otherFeeds: 'mask',
  make({ graph, random }) {
    const entry = pick(
      [...graph.constants].filter(([, constant]) => constant.type === 1 && countOf(constant) === 1),
      random,
    );
    if (!entry) return undefined;
    const values = floatsIn(entry[1]);
    const before = values[0] as number;
    values[0] = pick([before * 2, -before, before + 0.5, 0, 1], random) as number;
    return values[0] === before ? undefined : `${entry[0]}: ${before} became ${values[0]}`;
  },
};

const integerChanged: Mutation = {
  name: 'a whole number of the graph changed',
  rule: 'numbers',
  make({ graph, random }) {
    const entry = pick(
      [...graph.constants].filter(([, constant]) => constant.type === 7 && countOf(constant) >= 1 && countOf(constant) <= 4),
      random,
    );
    if (!entry) return undefined;
    const values = bigIntsIn(entry[1]);
    const at = random.below(values.length);
    values[at] = (values[at] as bigint) + (random.below(2) === 0 ? 1n : -1n);
    return `${entry[0]}[${at}] became ${values[at]}`;
  },
};

/** Numbers that mask, and switches. */
const isMask = (constant: Constant) => (constant.type === 9 ? true : constant.type === 1 && floatsIn(constant).some((value) => value <= -1e3));

/** Switches turned, all or half of them; or the masking numbers times a factor. */
function changeMask(constant: Constant, random: Patient['random']): string {
  if (constant.type === 9) {
    const half = random.below(2) === 0;
    constant.raw = constant.raw.map((value) => (!half || random.below(2) === 0 ? 1 - value : value));
    return `${half ? 'half of ' : ''}its switches turned`;
  }
  const values = floatsIn(constant);
  const factor = pick([0, -1, 1e-4], random) as number;
  values.forEach((value, i) => {
    if (value <= -1e3) values[i] = Number.isFinite(value) ? value * factor : factor === 0 ? 0 : 1e4;
  });
  return `times ${factor}`;
}

const maskChanged: Mutation = {
  name: 'a constant of a mask changed',
  rule: 'numbers',
  otherFeeds: 'mask',
  make({ graph, random }) {
    const entry = pick(
      [...graph.constants].filter(([, constant]) => countOf(constant) > 0 && isMask(constant)),
      random,
    );
    return entry && `${entry[0]}: ${changeMask(entry[1], random)}`;
  },
};

const weightsExchanged: Mutation = {
  name: 'two weights of the same shape exchanged',
  rule: 'numbers',
  make({ graph, random }) {
    const weights = [...graph.constants].filter(([, constant]) => constant.type === 1 && countOf(constant) >= 16);
    const one = pick(weights, random);
    const other =
      one &&
      pick(
        weights.filter(([name, { dims }]) => name !== one[0] && String(dims) === String(one[1].dims)),
        random,
      );
    if (!one || !other) return undefined;
    [one[1].raw, other[1].raw] = [other[1].raw, one[1].raw];
    return `${one[0]} and ${other[0]}`;
  },
};

const rowsMoved: Mutation = {
  name: 'the rows of a weight moved on by one',
  rule: 'numbers',
  make({ graph, random }) {
    const entry = pick(
      [...graph.constants].filter(([, { type, dims }]) => type === 1 && dims.length === 2 && (dims[0] as number) > 1 && (dims[1] as number) > 1),
      random,
    );
    if (!entry) return undefined;
    const { raw, dims } = entry[1];
    const row = raw.length / (dims[0] as number);
    entry[1].raw = Uint8Array.from([...raw.subarray(row), ...raw.subarray(0, row)]);
    return entry[0];
  },
};

export const constantKinds: readonly Mutation[] = [constantChanged, integerChanged, maskChanged, weightsExchanged, rowsMoved];
