// Where the splices of a plan go in the graph: a node behind the maker of each tensor, new names for what its readers read, two inputs.
// Refuses what cannot be replaced for certain; decides nothing about what is put in its place.

import { refuse } from '../../core/problem';
import { bool, float16, float32 } from '../file/elementTypes';
import { encodeValue, type NodeDraft } from '../file/encode';
import type { OnnxModel } from '../file/model';
import type { Renames } from './encodeModel';
import type { Reader, Splice, SplicePlace } from './plan';

/** Where (opset 9) takes what can be broadcast. */
const whereSince = 9;

export interface SplicedGraph {
  /** In the order of the splices. */
  readonly places: readonly SplicePlace[];
  /** Where nodes, by the index of the node that they stand behind (-1: before all). */
  readonly between: ReadonlyMap<number, readonly NodeDraft[]>;
  readonly renames: ReadonlyMap<number, Renames>;
  /** Tensors replaced for all who read them → what they read. */
  readonly everywhere: ReadonlyMap<string, string>;
  readonly inputs: readonly Uint8Array[];
}

interface Spliced {
  readonly splice: Splice;
  readonly place: SplicePlace;
  readonly readers: readonly Reader[];
  /** Index of the tensor's maker; -1: an input of the file. */
  readonly maker: number;
}

const readersOf = (model: OnnxModel, tensor: string): Reader[] =>
  model.nodes.flatMap((node) => node.inputs.flatMap((name, slot) => (name === tensor ? [{ node: node.index, slot }] : [])));

const refuseSplice = (tensor: string, reason: string): never => refuse('spliceImpossible', { tensor, reason });

function makerOf(model: OnnxModel, tensor: string): number {
  const maker = model.nodes.find((node) => node.outputs.includes(tensor));
  if (maker?.op === 'Constant' || model.initializers.has(tensor)) return refuseSplice(tensor, 'it is a constant of the file');
  if (maker) return maker.index;
  return model.inputs.some((input) => input.name === tensor) ? -1 : refuseSplice(tensor, 'the file has no such tensor');
}

/** Problem spliceImpossible. */
function splicedAt(model: OnnxModel, splice: Splice, index: number, type: number | undefined): Spliced {
  const { tensor, readers: wanted } = splice;
  const maker = makerOf(model, tensor);
  if (type !== float32 && type !== float16) return refuseSplice(tensor, 'its numbers are no float32 or float16');
  if ((model.opsets.get('') ?? 0) < whereSince)
    return refuseSplice(tensor, `the file is written in opset ${model.opsets.get('') ?? '?'}, and it takes ${whereSince}`);
  const implicit = model.nodes.find((node) => node.implicit.includes(tensor));
  if (wanted === 'all' && implicit) return refuseSplice(tensor, `a branch or loop (${implicit.op}) reads it from outside`);
  const all = readersOf(model, tensor);
  const readers = wanted === 'all' ? all : wanted;
  const stranger = readers.find((one) => !all.some(({ node, slot }) => node === one.node && slot === one.slot));
  if (stranger) return refuseSplice(tensor, `input ${stranger.slot} of node ${stranger.node} does not read it`);
  const isAnswer = wanted === 'all' && model.outputs.some((output) => output.name === tensor);
  if (readers.length === 0 && !isAnswer) return refuseSplice(tensor, 'nothing reads it');
  const base = `inspector/splice${index}`;
  return { splice, readers, maker, place: { replaced: base, mask: `${base}/mask`, value: `${base}/value`, type } };
}

function renamesOf(spliced: readonly Spliced[]): Map<number, Map<number, string>> {
  const renames = new Map<number, Map<number, string>>();
  for (const { splice, readers, place } of spliced) {
    for (const { node, slot } of readers) {
      const own = renames.get(node) ?? new Map<number, string>();
      if (own.has(slot)) refuseSplice(splice.tensor, `input ${slot} of node ${node} would be replaced twice`);
      renames.set(node, own.set(slot, place.replaced));
    }
  }
  return renames;
}

/** Problem spliceImpossible: a tensor that cannot be replaced, with the reason. */
export function splicedGraph(model: OnnxModel, splices: readonly Splice[], typeOf: (tensor: string) => number | undefined): SplicedGraph {
  const spliced = splices.map((splice, index) => splicedAt(model, splice, index, typeOf(splice.tensor)));
  const between = new Map<number, NodeDraft[]>();
  for (const { splice, place, maker } of spliced) {
    const node = { op: 'Where', inputs: [place.mask, place.value, splice.tensor], outputs: [place.replaced], name: place.replaced };
    between.set(maker, [...(between.get(maker) ?? []), node]);
  }
  const everywhere = spliced.filter(({ splice }) => splice.readers === 'all').map(({ splice, place }) => [splice.tensor, place.replaced] as const);
  return {
    places: spliced.map(({ place }) => place),
    between,
    renames: renamesOf(spliced),
    everywhere: new Map(everywhere),
    inputs: spliced.flatMap(({ place }) => [encodeValue(place.mask, bool), encodeValue(place.value, place.type)]),
  };
}
