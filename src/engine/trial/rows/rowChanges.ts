// What changed rows tell: which rows of a tensor change when some rows of another are changed. Pure arithmetic.

import { sizeOf } from '../../../core/tensor';
import type { TensorRef } from '../../../onnx/facts/captures';
import { axesOf, type LetteredTensor } from '../../tensors/canonical';

/** Values with the same rows but those of `rows`, whose numbers are moved along: a row keeps its size, and the tensor its largest numbers. */
export function withRowsChanged(ref: TensorRef, dims: readonly number[], data: Float32Array, rows: ReadonlySet<number>): Float32Array {
  const axis = axesOf(ref, dims)?.findIndex(({ letter }) => letter === 't') ?? -1;
  const result = Float32Array.from(data);
  if (axis < 0) return result;
  const [count, width] = [dims[axis] as number, sizeOf(dims.slice(axis + 1))];
  for (let from = 0; from < data.length; from += width) {
    const row = (from / width) % count;
    if (!rows.has(row)) continue;
    if (width === 1) result[from] = otherId(data.subarray(from - row, from - row + count), row);
    else moveAlong(result.subarray(from, from + width), data.subarray(from, from + width));
  }
  return result;
}

/** A row of one number is an id: it becomes the next one that differs. */
function otherId(ids: Float32Array, row: number): number {
  const own = ids[row] as number;
  return [...ids.subarray(row), ...ids.subarray(0, row)].find((id) => id !== own) ?? own + 1;
}

function moveAlong(to: Float32Array, from: Float32Array): void {
  const shift = Math.ceil(from.length / 2) - 1 || 1;
  const isEven = from.every((value) => value === from[0]);
  for (let i = 0; i < to.length; i++) to[i] = isEven ? (from[i] as number) + Math.sin(i + 1) : (from[(i + shift) % from.length] as number);
}

/** Number of tokens of a cut; undefined where its axes do not fit. */
export function rowCount(ref: TensorRef, dims: readonly number[]): number | undefined {
  return axesOf(ref, dims)?.find(({ letter }) => letter === 't')?.size;
}

/** Largest change in each row along `letter`, as a share of the tensor's largest number; undefined where the tensors have no such rows or other sizes. */
export function changesByRow(before: LetteredTensor, after: LetteredTensor, letter: string): Float64Array | undefined {
  const axis = before.letters.indexOf(letter);
  if (axis < 0 || before.data.length !== after.data.length || before.letters !== after.letters) return undefined;
  const [count, width] = [before.dims[axis] as number, sizeOf(before.dims.slice(axis + 1))];
  const changes = new Float64Array(count);
  const scale = before.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  for (let i = 0; i < before.data.length; i++) {
    const row = Math.floor(i / width) % count;
    const change = Math.abs((after.data[i] as number) - (before.data[i] as number)) / scale;
    if (!(change <= (changes[row] as number))) changes[row] = change;
  }
  return changes;
}

const roundingOfSums = 1e-6;

/** Rows whose change counts: more than `share` of the largest. */
export function changedRows(changes: Float64Array, share: number): number[] {
  const least = Math.max(share * Math.max(...changes), roundingOfSums);
  return [...changes].flatMap((change, row) => (change <= least ? [] : [row]));
}

/** Whether these rows have changed and no others, as far as others can be told from them. */
export function changedAre(changes: Float64Array, rows: ReadonlySet<number>, share: number): boolean {
  const all = [...changes];
  const own = all.filter((_, row) => rows.has(row)).sort((a, b) => a - b);
  const others = Math.max(0, ...all.filter((_, row) => !rows.has(row)));
  const [least = 0, middle = 0] = [own[0], own[Math.floor(own.length / 2)]];
  return least > roundingOfSums && others <= Math.max(share * middle, roundingOfSums) && others < least / 2;
}

/** All choices of `size` out of 0 … count − 1. */
function choices(count: number, size: number, from = 0): number[][] {
  if (size === 0) return [[]];
  return Array.from({ length: Math.max(0, count - from) }, (_, i) => from + i).flatMap((first) =>
    choices(count, size - 1, first + 1).map((others) => [first, ...others]),
  );
}

/**
 * Few sets of rows whose changes tell all rows apart: each row is in half of the sets, no two rows in the same ones, so that of any two
 * rows each is changed once without the other. Where after each of them exactly the changed rows have changed, every row is made from its
 * own row alone. (E. Sperner, Ein Satz über Untermengen einer endlichen Menge, 1928: no family of so few sets holds more.)
 */
export function separatingSets(count: number): ReadonlySet<number>[] {
  let sets = 2;
  while (choices(sets, sets >> 1).length < count) sets++;
  const codes = choices(sets, sets >> 1).slice(0, count);
  return Array.from({ length: sets }, (_, set) => new Set(codes.flatMap((code, row) => (code.includes(set) ? [row] : [])))).filter((rows) => rows.size > 0);
}

/**
 * `changed[t]`: the rows that changed with row t, of `count`. A layer that mixes neighbours by fixed weights (a convolution) changes the
 * same neighbours of every row, around it or from it on, and not half of them. False for everything else.
 */
export function isNeighbourhood(changed: readonly (readonly number[])[], count: number): boolean {
  const offsets = new Set(changed.flatMap((rows, row) => rows.map((other) => other - row)));
  const [from, to] = [Math.min(...offsets), Math.max(...offsets)];
  const isSame = changed.every((rows, row) => {
    const own = new Set(rows);
    return own.has(row) && [...offsets].every((offset) => row + offset < 0 || row + offset >= count || own.has(row + offset));
  });
  return isSame && (Math.abs(from + to) <= 1 || from === 0) && 2 * (to - from + 1) <= count;
}

/**
 * `after[t]`: the tensor with token t changed. Each number of a state at a token is made from the tokens up to it, or from it on:
 * a change of token t shows at row t, and in no row before it, or in none after it.
 */
export function areStates(before: LetteredTensor, after: readonly LetteredTensor[]): boolean {
  const axis = before.letters.indexOf('q');
  const [count, width] = [before.dims[axis] as number, sizeOf(before.dims.slice(axis + 1))];
  const columns = before.data.length / count;
  const isForward = new Array<boolean>(columns).fill(true);
  const isBackward = new Array<boolean>(columns).fill(true);
  const own = after.map(() => new Set<number>());
  after.forEach(({ data }, token) => {
    for (let i = 0; i < data.length; i++) {
      if (Math.abs((data[i] as number) - (before.data[i] as number)) <= roundingOfSums) continue;
      const row = Math.floor(i / width) % count;
      const column = Math.floor(i / (width * count)) * width + (i % width);
      if (row < token) isForward[column] = false;
      if (row > token) isBackward[column] = false;
      if (row === token) own[token]?.add(column);
    }
  });
  const shows = (directed: readonly boolean[]) => !directed.includes(true) || own.every((seen) => directed.some((is, column) => is && seen.has(column)));
  return isForward.every((is, column) => is || isBackward[column]) && shows(isForward) && shows(isBackward);
}
