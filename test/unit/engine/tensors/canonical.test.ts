import { describe, expect, it } from 'vitest';
import { canonical, concatenated, type LetteredTensor, withLetters } from '../../../../src/engine/tensors/canonical';
import { cropped, withoutCopies } from '../../../../src/engine/tensors/less';
import type { RawTensor } from '../../../../src/engine/tensors/rawTensor';

const counting = (dims: readonly number[]): RawTensor => ({
  type: 'float32',
  dims,
  data: Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => i),
});
const at = (tensor: LetteredTensor | undefined, ...index: number[]) =>
  tensor?.data[index.reduce((sum, value, axis) => sum * (tensor.dims[axis] as number) + value, 0)];

const rows: readonly (readonly [string, readonly number[], string, readonly number[]])[] = [
  ['*qk', [1, 2, 3, 4], 'hqk', [2, 3, 4]],
  ['*ek', [1, 2, 3, 4], 'hke', [2, 4, 3]],
  ['1qhe', [1, 3, 2, 4], 'hqe', [2, 3, 4]],
  ['qhe', [3, 2, 4], 'hqe', [2, 3, 4]],
  ['1hhqe', [1, 2, 2, 3, 4], 'hqe', [4, 3, 4]],
  ['1qd', [1, 3, 5], 'qd', [3, 5]],
  ['*qd', [1, 1, 3, 5], 'hqd', [1, 3, 5]],
];

describe('canonical', () => {
  it.each(rows)('%s %j → %s %j', (axes, dims, letters, expected) => {
    const tensor = canonical({ tensor: 't', axes }, counting(dims));
    expect(tensor).toMatchObject({ letters, dims: expected });
    expect(new Set(tensor?.data).size).toBe(tensor?.data.length);
  });

  it('moves every number to its place', () => {
    const transposed = canonical({ tensor: 't', axes: '*ek' }, counting([1, 2, 3, 4]));
    expect(at(transposed, 1, 2, 0)).toBe(1 * 12 + 0 * 4 + 2);
    const late = canonical({ tensor: 't', axes: '1qhe' }, counting([1, 3, 2, 4]));
    expect(at(late, 1, 2, 3)).toBe((2 * 2 + 1) * 4 + 3);
  });

  it.each([
    ['qk', [1, 2, 3]],
    ['*1qk', [2, 2, 3]],
    ['1qk', [2, 3, 4]],
    ['*qx', [1, 2]],
  ] as const)('does not accept %s for %j', (axes, dims) => {
    expect(canonical({ tensor: 't', axes }, counting(dims))).toBeUndefined();
  });

  it('reads half precision', () => {
    const raw: RawTensor = { type: 'float16', dims: [4], data: Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7bff) };
    expect([...(canonical({ tensor: 't', axes: 'd' }, raw)?.data ?? [])]).toEqual([1, -2, 2 ** -24, 65504]);
  });

  it('adds and drops a head axis of size 1, and no other', () => {
    const flat: LetteredTensor = { letters: 'qk', dims: [2, 3], data: new Float32Array(6) };
    expect(withLetters(flat, 'hqk')?.dims).toEqual([1, 2, 3]);
    expect(withLetters({ letters: 'hqd', dims: [2, 2, 3], data: new Float32Array(12) }, 'qd')).toBeUndefined();
  });

  it('joins heads and steps, and refuses parts that do not fit', () => {
    const part = (from: number, q: number): LetteredTensor => ({
      letters: 'hqk',
      dims: [1, q, 2],
      data: Float32Array.from({ length: q * 2 }, (_, i) => from + i),
    });
    expect(concatenated([part(0, 2), part(10, 2)], 'h')).toMatchObject({ dims: [2, 2, 2], data: Float32Array.of(0, 1, 2, 3, 10, 11, 12, 13) });
    expect(concatenated([part(0, 1), part(10, 2)], 'q')?.dims).toEqual([1, 3, 2]);
    expect(concatenated([part(0, 1), part(10, 2)], 'h')).toBeUndefined();
  });

  it('crops padding', () => {
    const full = canonical({ tensor: 't', axes: '*qk' }, counting([1, 2, 3, 3])) as LetteredTensor;
    expect([...cropped(full, { q: 2, k: 2 }).data]).toEqual([0, 1, 3, 4, 9, 10, 12, 13]);
    expect(cropped(full, { q: 5, k: 5 })).toBe(full);
  });

  it('drops copies of shared keys only where they are equal bit by bit', () => {
    const shared: LetteredTensor = { letters: 'hke', dims: [4, 1, 2], data: Float32Array.of(1, 2, 1, 2, 3, 4, 3, 4) };
    expect(withoutCopies(shared, undefined)).toMatchObject({ dims: [2, 1, 2], data: Float32Array.of(1, 2, 3, 4) });
    expect(withoutCopies(shared, 2)?.dims).toEqual([2, 1, 2]);
    expect(withoutCopies(shared, 1)).toBeUndefined();
    expect(withoutCopies(shared, 4)).toBe(shared);
  });
});
