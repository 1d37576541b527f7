// Numbers of a constant for a computation: those of the file, also from the files beside it.

import { sizeOf } from '../../core/tensor';
import { plainLocation } from '../file/externalFiles';
import type { TensorPart } from '../file/messages/parts';
import { tensorNumbers } from '../graph/constants';
import type { Graph } from '../graph/graph';
import { type Value, valueWith } from './value';

/** Parameters of norms are rows of features; larger tensors are weights, which no stretch without a linear layer has. */
const sizeLimit = 2 ** 20;

/** The tensor with the bytes that stand in another file; undefined where that was not read. */
function broughtIn(graph: Graph, tensor: TensorPart): TensorPart | undefined {
  if (!tensor.external) return tensor;
  const { location, offset } = tensor.external;
  const bytes = graph.model.outside.get(plainLocation(location));
  const { external, ...rest } = tensor;
  void external;
  return bytes && { ...rest, raw: { bytes, from: offset, to: bytes.length } };
}

/** Of each graph: the parameters of a norm are wanted again for each stretch that is tried. */
const known = new WeakMap<Graph, Map<string, Value | undefined>>();
const keptSize = 2 ** 18;

/** A constant as the file has it; undefined where it is too large, of a type without numbers, or made by operations. */
export function constantValue(graph: Graph, name: string): Value | undefined {
  const own = known.get(graph) ?? new Map<string, Value | undefined>();
  known.set(graph, own);
  if (own.has(name)) return own.get(name);
  const value = readConstant(graph, name);
  if ((value?.data.length ?? 0) <= keptSize) own.set(name, value);
  return value;
}

function readConstant(graph: Graph, name: string): Value | undefined {
  const node = graph.maker(name);
  const attribute = (key: string) => (node?.op === 'Constant' ? node.attributes.get(key) : undefined);
  const tensor = graph.model.initializers.get(name) ?? attribute('value')?.tensor;
  if (tensor) {
    const own = sizeOf(tensor.dims) > sizeLimit ? undefined : broughtIn(graph, tensor);
    const numbers = own && tensorNumbers(own, sizeLimit);
    return numbers && valueWith(tensor.dims, numbers);
  }
  const one = attribute('value_float')?.float ?? attribute('value_int')?.int;
  if (one !== undefined) return valueWith([], [one]);
  const list = attribute('value_floats')?.floats ?? attribute('value_ints')?.ints;
  return list && valueWith([list.length], list);
}

/** The first numbers of weights, behind casts and transposes; undefined where they cannot be read. */
export function firstNumbers(graph: Graph, name: string, count: number): readonly number[] | undefined {
  const node = graph.maker(name);
  if (node && ['Cast', 'Identity', 'Transpose', 'Reshape'].includes(node.op)) return firstNumbers(graph, node.inputs[0] ?? '', count);
  const tensor = graph.model.initializers.get(name) ?? (node?.op === 'Constant' ? node.attributes.get('value')?.tensor : undefined);
  const own = tensor && broughtIn(graph, tensor);
  return own && tensorNumbers(own.raw ? { ...own, dims: [Math.min(count, sizeOf(own.dims))] } : own, sizeLimit);
}
