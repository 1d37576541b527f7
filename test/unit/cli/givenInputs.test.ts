import { describe, expect, it } from 'vitest';
import { readNpy } from '../../../src/captures/npy';
import { paddingShare } from '../../../src/engine/checks/paddingShare';
import { readGiven } from '../../../src/protocol/readGiven';

describe('what is written for an input', () => {
  it.each([
    ['0', { values: [0] }],
    ['-1.5e3', { values: [-1500] }],
    ['[1, 2]', { values: [1, 2], dims: [2] }],
    ['[[true, false]]', { values: [1, 0], dims: [1, 2] }],
    ['[[1], [1, 2]]', expect.stringContaining('one shape')],
    ['["a"]', expect.stringContaining('one shape')],
    ['[]', expect.stringContaining('one shape')],
    ['1e999', expect.stringContaining('one shape')],
    ['causal', expect.stringContaining('no number')],
  ])('%s', (text, expected) => {
    expect(readGiven(text)).toEqual(expected);
  });
});

/** Bytes of a .npy file, version 1. */
function npy(descr: string, shape: string, payload: Uint8Array, order = 'False'): Uint8Array {
  const header = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }\n`;
  const bytes = [0x93, ...new TextEncoder().encode('NUMPY'), 1, 0, header.length & 255, header.length >> 8, ...new TextEncoder().encode(header), ...payload];
  return Uint8Array.from(bytes);
}
const bytesOf = (numbers: { readonly buffer: ArrayBuffer }) => new Uint8Array(numbers.buffer);

describe('.npy files', () => {
  it.each([
    ['int64', npy('<i8', '(1, 2)', bytesOf(BigInt64Array.of(3n, -4n))), { values: [3, -4], dims: [1, 2] }],
    ['float32', npy('<f4', '(2,)', bytesOf(Float32Array.of(0.5, 1))), { values: [0.5, 1], dims: [2] }],
    ['bool', npy('|b1', '(1, 2)', Uint8Array.of(1, 0)), { values: [1, 0], dims: [1, 2] }],
    ['no axes', npy('<f8', '()', bytesOf(Float64Array.of(7))), { values: [7] }],
    ['big-endian', npy('>f4', '(1,)', new Uint8Array(4)), expect.stringContaining('>f4')],
    ['Fortran order', npy('<f4', '(1,)', new Uint8Array(4), 'True'), expect.stringContaining('Fortran')],
    ['a size that is not its shape', npy('<f4', '(4294967295,)', new Uint8Array(4)), expect.stringContaining('shape')],
    ['no magic', new Uint8Array(64), expect.stringContaining('no .npy')],
    ['a header that is cut off', npy('<f4', '(1,)', new Uint8Array(4)).subarray(0, 20), expect.stringContaining('cut off')],
  ])('%s', (_name, bytes, expected) => {
    expect(readNpy(bytes)).toEqual(expected);
  });
});

it('the share of padding is that of the worst row that is shown', () => {
  const weights = { letters: 'hqk', dims: [1, 3, 3], data: Float32Array.of(1, 0, 0, 0.25, 0.25, 0.5, 0, 0, 1) };
  expect(paddingShare(weights, { q: 2, k: 2 })).toBeCloseTo(0.5, 6);
  expect(paddingShare(weights, { q: 1, k: 2 })).toBe(0);
});
