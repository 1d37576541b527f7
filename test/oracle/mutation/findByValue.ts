// Which tensors of a graph hold a reference, found by their numbers alone: the same numbers in any order of axes and any grouping of them.

import type { Tensor } from '../../../src/core/tensor';
import { activationOf } from '../compare';
import type { OnnxGraph } from './onnxGraph';
import type { Exposed } from './plainRun';

export interface Place {
  readonly file: string;
  readonly tensor: string;
  /** Axes of the reference in the order in which the tensor has them. */
  readonly axes: readonly number[];
  /** Dimensions of the tensor. */
  readonly dims: readonly number[];
}

/** Where a node reads a reference: in place `slot` of node `id`. */
export interface Reading {
  readonly file: string;
  readonly id: number;
  readonly slot: number;
  readonly axes: readonly number[];
}

export interface Found {
  readonly key: string;
  readonly dims: readonly number[];
  /** In the order in which the graph computes them. */
  readonly places: readonly Place[];
  /** Nodes that read one of the places and make no further one: where the layout ends and use begins. */
  readonly readings: readonly Reading[];
}

const masked = -1e3;
const orders: readonly (readonly number[])[][] = [
  [[]],
  [[0]],
  [
    [0, 1],
    [1, 0],
  ],
  [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ],
];

/** For each number of a tensor whose axes stand in the order `axes`: where it stands in the reference. */
export function indices(dims: readonly number[], axes: readonly number[]): Uint32Array {
  const strides = dims.map((_, axis) => dims.slice(axis + 1).reduce((product, dim) => product * dim, 1));
  const count = dims.reduce((product, dim) => product * dim, 1);
  const result = new Uint32Array(count);
  const counter = axes.map(() => 0);
  for (let i = 0; i < count; i++) {
    result[i] = counter.reduce((sum, at, place) => sum + at * (strides[axes[place] as number] as number), 0);
    for (let place = axes.length - 1; place >= 0; place--) {
      counter[place] = (counter[place] as number) + 1;
      if ((counter[place] as number) < (dims[axes[place] as number] as number)) break;
      counter[place] = 0;
    }
  }
  return result;
}

function isSame(value: number, reference: number, tolerance: number): boolean {
  if (reference <= masked) return value <= masked;
  return Math.abs(value - reference) <= tolerance;
}

function matches(tensor: Tensor, reference: Tensor, order: Uint32Array, tolerance: number): boolean {
  if (tensor.data.length !== order.length) return false;
  for (let i = 0; i < order.length; i++) if (!isSame(tensor.data[i] as number, reference.data[order[i] as number] as number, tolerance)) return false;
  return true;
}

function readingsOf(graph: OnnxGraph, file: string, places: readonly Place[]): Reading[] {
  const own = new Map(places.map((place) => [place.tensor, place]));
  return graph.nodes.flatMap((node) => {
    if (node.id === undefined || node.op === 'Shape' || node.outputs.some((output) => own.has(output))) return [];
    const id = node.id;
    return node.inputs.flatMap((name, position) => {
      const place = own.get(name);
      return place ? [{ file, id, slot: node.slots[position] as number, axes: place.axes }] : [];
    });
  });
}

/** `references` by key; twins (`KEY@alt`) are looked for as KEY. */
export function findByValue(
  graphs: ReadonlyMap<string, OnnxGraph>,
  exposed: Exposed,
  references: ReadonlyMap<string, Tensor>,
  toleranceOf: (activation: string) => number,
): Found[] {
  const found = [...references].map(([name, reference]): Found => {
    const key = name.split('@')[0] as string;
    const ways = (orders[reference.dims.length] ?? []).map((axes) => ({ axes, order: indices(reference.dims, axes) }));
    const tolerance = toleranceOf(activationOf(key));
    const places = [...graphs].flatMap(([file, graph]) =>
      graph.made.flatMap((tensor): Place[] => {
        const values = exposed.get(file)?.get(tensor);
        const way = values && ways.find(({ order }) => matches(values, reference, order, tolerance));
        return values && way ? [{ file, tensor, axes: way.axes, dims: values.dims }] : [];
      }),
    );
    const readings = [...graphs].flatMap(([file, graph]) =>
      readingsOf(
        graph,
        file,
        places.filter((place) => place.file === file),
      ),
    );
    return { key, dims: reference.dims, places, readings };
  });
  return merged(found);
}

function merged(all: readonly Found[]): Found[] {
  const keys = [...new Set(all.map(({ key }) => key))];
  return keys.map((key) => {
    const twins = all.filter((one) => one.key === key);
    return { key, dims: twins[0]?.dims ?? [], places: twins.flatMap(({ places }) => places), readings: twins.flatMap(({ readings }) => readings) };
  });
}
