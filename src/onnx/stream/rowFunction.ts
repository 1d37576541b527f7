// What a stretch of a graph does to each row, found by trying it on rows of numbers: nothing, a factor, a scale per feature, a norm.
// No spelling is known here: a norm is what gives the same for a row and for a multiple of it.

import { sizeOf } from '../../core/tensor';
import { evaluate, type Stretch } from '../evaluation/evaluate';
import type { Value } from '../evaluation/value';
import type { RowMap } from '../facts/captures';
import type { OnnxNode } from '../file/model';
import type { Graph } from '../graph/graph';

/**
 * `same`: the numbers are only arranged. `factor`: times one number. `affine`: linear in the row, as a scale and a shift per feature.
 * `norm`: a multiple of a row gives what the row gives. `other`: none of these, still row by row (a tanh, an activation).
 */
export type RowKind = 'same' | 'factor' | 'affine' | 'norm' | 'other';

export interface RowFunction extends RowMap {
  readonly kind: RowKind;
  readonly nodes: readonly OnnxNode[];
}

export type Rows = readonly Float64Array[];

/** Whether features stand before tokens, as convolutions have them: a row is a column then. */
function isTurned(graph: Graph, tensor: string, width: number): boolean {
  const shape = graph.shapes.get(tensor) ?? [];
  return shape.length > 1 && shape.at(-1) !== width && shape.at(-2) === width;
}

/** Columns as rows: `data` [width, count] becomes [count, width]. */
const turned = (data: Float64Array, count: number) =>
  data.map((_, i) => data[(i % (data.length / count)) * count + Math.floor(i / (data.length / count))] as number);

/** Dimensions of a tensor of rows: one text, its tokens, their features. `fixed`: how many rows there must be. */
function dimsOf(graph: Graph, tensor: string, width: number): { readonly of: (count: number) => number[]; readonly fixed?: number } {
  const isByFeature = isTurned(graph, tensor, width);
  const shape = graph.shapes.get(tensor) ?? [1, undefined, width];
  const leading = isByFeature ? [...shape.slice(0, -2), shape.at(-1)] : shape.slice(0, -1);
  const known = leading.reduce<number>((all, size) => all * (size ?? 1), 1);
  const free = leading.lastIndexOf(undefined);
  const isFixed = known > 1 || (free < 0 && leading.length > 0);
  const of = (count: number) => {
    const rows = leading.map((size, axis) => size ?? (axis === free && !isFixed ? count : 1));
    return isByFeature ? [...rows.slice(0, -1), width, rows.at(-1) as number] : [...rows, width];
  };
  return isFixed ? { of, fixed: known } : { of };
}

/** Rows of some tensors, as many of each. */
type Given = ReadonlyMap<string, Rows>;

/** `count` rows from `at` on, the last one again where there are no more, as one tensor. */
function batchOf(graph: Graph, name: string, rows: Rows, { dims, at, count }: { dims: readonly number[]; at: number; count: number }): Value {
  const data = new Float64Array(sizeOf(dims));
  for (let i = 0; i < count; i++) {
    const row = rows[Math.min(at + i, rows.length - 1)] as Float64Array;
    data.set(row, i * row.length);
  }
  const width = rows[0]?.length ?? 1;
  return { dims, data: isTurned(graph, name, width) ? turned(data, width) : data };
}

function applied(graph: Graph, given: Given, to: string, stretch: Stretch): Rows | undefined {
  const [first] = given.values();
  const total = first?.length ?? 0;
  const shapes = new Map([...given].map(([name, rows]) => [name, dimsOf(graph, name, rows[0]?.length ?? 0)]));
  const count = [...shapes.values()].find(({ fixed }) => fixed !== undefined)?.fixed ?? total;
  const result: Float64Array[] = [];
  for (let at = 0; at < total; at += count) {
    const values = new Map([...given].map(([name, rows]) => [name, batchOf(graph, name, rows, { dims: shapes.get(name)?.of(count) ?? [], at, count })]));
    const value = evaluate(graph, values, stretch, to);
    const size = value && value.data.length / count;
    if (!value || !size || !Number.isInteger(size)) return undefined;
    const data = isTurned(graph, to, size) ? turned(Float64Array.from(value.data), count) : value.data;
    for (let i = 0; i < Math.min(count, total - at); i++) result.push(data.subarray(i * size, (i + 1) * size));
  }
  return result;
}

/** The rows of `to` for these rows of the tensors it is made from; undefined where they cannot be computed. */
export function applyRows(graph: Graph, given: Given, to: string, stretch: Stretch): Rows | undefined {
  return applied(graph, given, to, stretch);
}

/** Numbers without a pattern, the same every time, about −1.7 … 1.7. */
function trialRow(width: number, seed: number): Float64Array {
  const row = new Float64Array(width);
  let state = seed * 7919 + 1;
  for (let i = 0; i < width; i++) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    row[i] = (state / 2_147_483_648 - 0.5) * 3.4;
  }
  return row;
}

const combined = (a: Float64Array, x: number, b: Float64Array, y: number) => a.map((value, i) => x * value + y * (b[i] as number));

function isNear(a: Float64Array, b: Float64Array, tolerance: number): boolean {
  const size = b.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-12);
  return a.length === b.length && a.every((value, i) => Math.abs(value - (b[i] as number)) <= tolerance * size);
}

/** Norms keep a small number under their root, which shows in rows that are not large. */
const normTolerance = 3e-3;
const exact = 1e-6;

function kindOf(rows: Rows, results: Rows): RowKind {
  const [x, y] = rows as [Float64Array, Float64Array];
  const [fx, fy, f30x, fHalf, fZero] = results as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  if (isNear(fx, x, exact) && isNear(fy, y, exact)) return 'same';
  const factor = (fx[0] as number) / (x[0] as number);
  const isFactor = fx.length === x.length && isNear(fx, combined(x, factor, x, 0), exact) && isNear(fy, combined(y, factor, y, 0), exact);
  if (isFactor) return 'factor';
  if (isNear(f30x, fx, normTolerance) && !isNear(fx, fy, 0.05)) return 'norm';
  const middle = combined(fx, 0.5, fy, 0.5);
  const isLinear = isNear(fHalf, middle, exact) && isNear(combined(f30x, 1 / 30, fx, 0), combined(fx, 1, fZero, 1 / 30 - 1), exact);
  return isLinear ? 'affine' : 'other';
}

/** Tries the stretch; undefined where it cannot be computed, or is no function of each row alone that is the same for all rows. */
export function tried(graph: Graph, { from, to }: RowMap, nodes: readonly OnnxNode[], width: number): RowKind | undefined {
  const stretch: Stretch = { nodes: new Set(nodes), ignoresRoundings: true };
  const [x, y, other] = [1, 2, 3].map((seed) => trialRow(width, seed)) as [Float64Array, Float64Array, Float64Array];
  const zero = new Float64Array(width);
  const rows = [x, y, combined(x, 30, x, 0), combined(x, 0.5, y, 0.5), zero];
  const results = applied(graph, new Map([[from, rows]]), to, stretch);
  // The same rows at other places among other rows: none may come to another.
  const moved = applied(graph, new Map([[from, [other, ...rows]]]), to, stretch);
  if (!results || !moved || results.length !== rows.length || moved.length !== rows.length + 1) return undefined;
  const isOwn = results.every((row, i) => isNear(moved[i + 1] as Float64Array, row, exact) || !row.every(Number.isFinite));
  return isOwn && results.slice(0, 4).every((row) => row.every(Number.isFinite)) ? kindOf(rows, results) : undefined;
}
