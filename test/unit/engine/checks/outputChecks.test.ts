import { describe, expect, it } from 'vitest';
import { unbounded } from '../../../../src/core/check';
import { checkOf } from '../../../../src/engine/checks/checkSite';
import { attentionBudget, projectionBudget, sampledRows } from '../../../../src/engine/checks/deviation';
import { headsIn, rowsOf } from '../../../../src/engine/checks/headColumns';
import {
  differenceOf,
  differenceOfRounded,
  mergeDeviation,
  type Projection,
  projectionDeviation,
  residualDeviation,
} from '../../../../src/engine/checks/outputChecks';
import type { LetteredTensor } from '../../../../src/engine/tensors/canonical';

const [heads, rows, size, out] = [3, 4, 2, 5];
const value = (i: number) => Math.sin(i * 12.9898) * 3;
const z: LetteredTensor = { letters: 'hqe', dims: [heads, rows, size], data: Float32Array.from({ length: heads * rows * size }, (_, i) => value(i)) };
const projection: Projection = {
  inputSize: heads * size,
  outputSize: out,
  weight: Float32Array.from({ length: heads * size * out }, (_, i) => value(i + 99)),
  bias: Float32Array.from({ length: out }, (_, i) => i),
};

/** Merged rows where head h, dimension i stands in the given column. */
function merged(column: (head: number, i: number) => number): LetteredTensor {
  const data = new Float32Array(rows * heads * size);
  for (let h = 0; h < heads; h++)
    for (let row = 0; row < rows; row++) for (let i = 0; i < size; i++) data[row * heads * size + column(h, i)] = z.data[(h * rows + row) * size + i] as number;
  return { letters: 'qd', dims: [rows, heads * size], data };
}
function multiplied(input: LetteredTensor): LetteredTensor {
  const data = new Float32Array(rows * out);
  for (let row = 0; row < rows; row++)
    for (let o = 0; o < out; o++) {
      let sum = projection.bias?.[o] ?? 0;
      for (let i = 0; i < heads * size; i++) sum += (input.data[row * heads * size + i] as number) * (projection.weight[i * out + o] as number);
      data[row * out + o] = sum;
    }
  return { letters: 'qd', dims: [rows, out], data };
}

const orders: readonly (readonly [string, (head: number, i: number) => number])[] = [
  ['one after the other', (h, i) => h * size + i],
  ['in another order', (h, i) => ((h + 1) % heads) * size + i],
  ['interleaved', (h, i) => i * heads + h],
];

describe('heads in the input of W_O', () => {
  it.each(orders)('%s: found bit by bit, and the outputs sum up', (_name, column) => {
    const input = merged(column);
    const found = mergeDeviation(z, input);
    expect(found.relative).toBe(0);
    expect(headsIn(input, found.columns, size).data).toEqual(z.data);
    expect(projectionDeviation(z, found.columns, projection, multiplied(input)).relative).toBeLessThan(1e-6);
  });
  it('says which heads have the same numbers: their order in the input cannot be told; zeros have none', () => {
    const alike: LetteredTensor = { ...z, data: Float32Array.from(z.data, (x, i) => (i < 2 * rows * size ? z.data[i % (rows * size)] : x) as number) };
    const input = merged((h, i) => h * size + i);
    expect([mergeDeviation(alike, input).alike, mergeDeviation(z, input).alike]).toEqual([[0, 1], undefined]);
    expect(mergeDeviation({ ...z, data: z.data.map((x, i) => (i < 2 * rows * size ? 0 : x)) }, input).alike).toBeUndefined();
  });
  it('catches an input that is not the heads, and wrong rows of W_O', () => {
    const plain = merged((h, i) => h * size + i);
    expect(mergeDeviation(z, { ...plain, data: plain.data.map((x) => x * 1.01) }).relative).toBeGreaterThan(1e-3);
    const { columns } = mergeDeviation(z, plain);
    expect(projectionDeviation(z, [...columns].reverse(), projection, multiplied(plain)).relative).toBeGreaterThan(1e-2);
  });
  it('turns [head, query, e] into rows and back', () => {
    const asRows = rowsOf(z) as LetteredTensor;
    expect(asRows.data).toEqual(merged((h, i) => h * size + i).data);
  });
});

describe('rows that are compared', () => {
  it.each([
    ['attention of 128 tokens at d = 768', 128, 128 * 768, attentionBudget, 128],
    ['its output projection', 128, 768 * 768, projectionBudget, 128],
    ['attention of 2048 tokens', 2048, 2048 * 768, attentionBudget, 10],
    ['at least eight', 4096, 1e9, projectionBudget, 8],
  ])('%s', (_name, rowCount, costOfRow, budget, count) => {
    const sampled = sampledRows(rowCount, costOfRow, budget);
    expect([sampled.length, sampled[0], sampled.at(-1)]).toEqual([count, 0, rowCount - 1]);
  });
  it('are told with the deviation', () => {
    const plain = merged((h, i) => h * size + i);
    expect(projectionDeviation(z, mergeDeviation(z, plain).columns, projection, multiplied(plain)).rows).toEqual({ compared: rows, of: rows });
  });
});

describe('sums and differences', () => {
  const tensor = (...data: number[]): LetteredTensor => ({ letters: 'qd', dims: [1, data.length], data: Float32Array.from(data) });
  it('measures the residual addition relative to its largest value', () => {
    expect(residualDeviation(tensor(1, 2), tensor(3, 4), tensor(4, 6)).absolute).toBe(0);
    expect(residualDeviation(tensor(1, 2), tensor(3, 4), tensor(4, 8))).toEqual({ absolute: 2, relative: 0.25, cells: 2 });
  });
  it('takes equal infinities for equal, and other sizes for unbounded', () => {
    expect(differenceOf(Float32Array.of(-Infinity, 1), Float32Array.of(-Infinity, 1)).absolute).toBe(0);
    expect(differenceOf(Float32Array.of(1), Float32Array.of(1, 2)).relative).toBeGreaterThan(1);
  });
  it('never takes a number that is none for agreement', () => {
    expect(differenceOf(Float32Array.of(Number.NaN), Float32Array.of(Number.NaN)).relative).toBe(unbounded);
    expect(residualDeviation(tensor(Number.NaN), tensor(1), tensor(Number.NaN)).relative).toBe(unbounded);
  });
  it('says that it did not run where nothing was compared', () => {
    expect(checkOf('softmax', null, { absolute: 0, relative: 0, cells: 0 }, 1e-4).state).toBe('not run');
    expect(checkOf('softmax', null, { absolute: 0, relative: 0, cells: 1 }, 1e-4).state).toBe('holds');
  });
});

describe('numbers that one of two tensors has rounded to 8 bits', () => {
  const plain = Float32Array.from({ length: 200 }, (_, i) => Math.sin(i));
  const rounded = plain.map((value) => Math.round(value * 20) / 20);
  it('agree up to half a step of its grid', () => expect(differenceOfRounded(plain, rounded).relative).toBe(0));
  it('are off where they are off by more', () => {
    const off = rounded.map((value, i) => (i === 7 ? value + 0.05 : value));
    expect(differenceOfRounded(plain, off).absolute).toBeGreaterThan(0.03);
  });
  it('have no grid where they are not rounded', () => {
    const near = plain.map((value) => value * 1.01);
    expect(differenceOfRounded(plain, near).relative).toBeGreaterThan(0.005);
  });
});
