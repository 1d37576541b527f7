import { describe, expect, it } from 'vitest';
import { bytesIn, floatsOf, pack } from '../../../src/core/tensorPack';

describe('TensorPack', () => {
  it('holds fresh copies, 8-byte aligned, of exactly the slices', () => {
    const big = new Float32Array([0, 1, Number.NEGATIVE_INFINITY, 3]);
    const packed = pack([
      { name: 'bytes', dims: [3], data: Uint8Array.of(1, 2, 3) },
      { name: 'values', dims: [2], data: big.subarray(1, 3) },
    ]);
    expect(packed.buffer.byteLength).toBe(16);
    expect(packed.headers.map((header) => header.byteOffset)).toEqual([0, 8]);
    big[1] = 9;
    expect([...(floatsOf(packed, 'values') ?? [])]).toEqual([1, Number.NEGATIVE_INFINITY]);
    expect([...(bytesIn(packed, 'bytes') ?? [])]).toEqual([1, 2, 3]);
    expect(floatsOf(packed, 'bytes')).toBeUndefined();
  });
});
