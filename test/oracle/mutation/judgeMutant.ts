// What of a capture is not what the changed file computes.

import type { Tensor } from '../../../src/core/tensor';
import { activationOf, compare, type Rules, type Tensors } from '../compare';
import { type Found, indices } from './findByValue';
import type { Mutation } from './mutation';
import type { OnnxGraph } from './onnxGraph';
import { type Exposed, type FedCase, plainRun, type RunOptions } from './plainRun';

export interface Wrong {
  readonly key: string;
  readonly deviation: number;
}

/** What is really added, and what softmax really receives: only what stands where it is read will do, not what stood before a step between. */
const asRead = ['attn_out', 'mlp_out', 'scores'];

interface Source {
  readonly file: string;
  readonly tensor: string;
  readonly axes: readonly number[];
}

/** The tensors of the changed graphs that may be called by this key. */
function sourcesOf({ key, places, readings }: Found, graphs: ReadonlyMap<string, OnnxGraph>, mutation: Mutation): Source[] {
  const read = readings.flatMap(({ file, id, slot, axes }): Source[] => {
    const node = graphs.get(file)?.nodes.find((one) => one.id === id);
    const tensor = node?.inputs[node.slots.indexOf(slot)];
    return tensor === undefined ? [] : [{ file, tensor, axes }];
  });
  const activation = activationOf(key);
  const isStrict = asRead.includes(activation) && read.length > 0 && !mutation.eitherSide?.includes(activation);
  const all = isStrict ? read : [...places, ...read];
  return all.filter(({ file, tensor }) => graphs.get(file)?.maker(tensor) !== undefined);
}

/** The numbers of a tensor in the order of the reference's axes; undefined where the mutation has changed how many there are. */
function inOrder(tensor: Tensor, dims: readonly number[], axes: readonly number[]): Tensor | undefined {
  const order = indices(dims, axes);
  if (order.length !== tensor.data.length) return undefined;
  const data = new Float32Array(order.length);
  for (let i = 0; i < order.length; i++) data[order[i] as number] = tensor.data[i] as number;
  return { dims, data };
}

const largest = ({ data }: Tensor) => data.reduce((most, value) => (Math.abs(value) < 1e6 ? Math.max(most, Math.abs(value)) : most), 0);
/** Tolerances are absolute and meant for numbers of this size. */
const usualSize = 10;

function scaled(rules: Rules, size: number): Rules {
  const factor = Math.max(1, size / usualSize);
  return {
    ...rules,
    expect: 'pattern',
    required: [],
    tolerance: Object.fromEntries(Object.entries(rules.tolerance).map(([name, value]) => [name, value * factor])),
  };
}

/** Σ over heads of `result` differs from `attn_out` by the same vector for every token: the bias. */
function resultDeviation(result: Tensor, attnOut: Tensor): number {
  const [heads = 0, tokens = 0, width = 0] = result.dims;
  const rest = Float64Array.from(attnOut.data);
  for (let head = 0; head < heads; head++)
    for (let i = 0; i < rest.length; i++) rest[i] = (rest[i] as number) - (result.data[head * tokens * width + i] as number);
  let deviation = 0;
  for (let i = width; i < rest.length; i++) deviation = Math.max(deviation, Math.abs((rest[i] as number) - (rest[i % width] as number)));
  return deviation;
}

function wrongResults(captured: Tensors, rules: Rules): Wrong[] {
  return [...captured].flatMap(([key, result]): Wrong[] => {
    const attnOut = captured.get(key.replace(/result$/, 'attn_out'));
    if (!key.endsWith('.result') || !attnOut) return [];
    const deviation = resultDeviation(result, attnOut);
    const tolerance = 10 * (rules.tolerance.result ?? (rules.tolerance.default as number)) * Math.max(1, largest(result) / usualSize);
    return deviation <= tolerance ? [] : [{ key, deviation }];
  });
}

/** Where no rotation is named, q and k are what enters the product, rotated or whatever else was done to them. */
function mayBeCalled(each: Found, captured: Tensors, found: readonly Found[]): Found[] {
  const rotated = each.key.replace(/\.([qk])$/, '.rot_$1');
  return rotated === each.key || captured.has(rotated) ? [each] : [each, ...found.filter(({ key }) => key === rotated)];
}

export interface Truth {
  readonly found: readonly Found[];
  readonly exposed: Exposed;
  readonly graphs: ReadonlyMap<string, OnnxGraph>;
}

/** Throws where the changed files cannot be run. */
export async function truthOf(
  graphs: ReadonlyMap<string, OnnxGraph>,
  found: readonly Found[],
  mutation: Mutation,
  one: FedCase,
  options?: RunOptions,
): Promise<Truth> {
  const sources = found.flatMap((each) => sourcesOf(each, graphs, mutation));
  const files = [...graphs].map(([file, graph]) => ({
    file,
    graph,
    exposed: [...new Set(sources.filter((source) => source.file === file).map(({ tensor }) => tensor))],
  }));
  return { found, graphs, exposed: await plainRun(files, one, options) };
}

/** Every captured number that no tensor of the plain run bears out, and how many keys could be compared. */
export function wrongIn(captured: Tensors, truth: Truth, mutation: Mutation, rules: Rules): { readonly wrong: readonly Wrong[]; readonly compared: number } {
  let compared = 0;
  const wrong = truth.found.flatMap((each): Wrong[] => {
    const tensor = captured.get(each.key);
    const activation = activationOf(each.key);
    if (!tensor || mutation.leavesOpen?.includes(activation)) return [];
    const twins = mayBeCalled(each, captured, truth.found)
      .flatMap((one) => sourcesOf(one, truth.graphs, mutation))
      .flatMap(({ file, tensor: name, axes }) => {
        const values = truth.exposed.get(file)?.get(name);
        return (values && inOrder(values, each.dims, axes)) ?? [];
      });
    if (twins.length === 0) return [];
    compared++;
    const references = new Map(twins.map((twin, i): [string, Tensor] => [i === 0 ? each.key : `${each.key}@${i}`, twin]));
    const size = Math.max(...twins.map(largest));
    return compare(new Map([[each.key, tensor]]), references, scaled(rules, size)).flatMap(({ status, deviation }) =>
      status === 'bad' ? [{ key: each.key, deviation: deviation ?? Number.POSITIVE_INFINITY }] : [],
    );
  });
  return { wrong: [...wrong, ...wrongResults(captured, rules)], compared };
}
