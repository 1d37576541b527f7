import { describe, expect, it } from 'vitest';
import { rotationDeviation } from '../../../../src/engine/checks/rotationCheck';
import type { LetteredTensor } from '../../../../src/engine/tensors/canonical';

const [heads, tokens, size] = [4, 3, 6];
let state = 5;
const next = () => {
  state = (state * 1664525 + 1013904223) % 2 ** 32;
  return state / 2 ** 31 - 1;
};
const q: LetteredTensor = { letters: 'hqe', dims: [heads, tokens, size], data: Float32Array.from({ length: heads * tokens * size }, next) };
const table = Float32Array.from({ length: tokens * size * 2 }, next);

/** Dimension i of a token mixed with its partner by two factors that only the token and i decide. */
function mixed(tensor: LetteredTensor, factors: (token: number, i: number) => readonly [number, number]): LetteredTensor {
  const half = size / 2;
  const data = tensor.data.map((value, at) => {
    const i = at % size;
    const partner = tensor.data[i < half ? at + half : at - half] as number;
    const [a, b] = factors(Math.floor(at / size) % tokens, i);
    return a * value + (i < half ? -b : b) * partner;
  });
  return { ...tensor, data };
}
const turned = (tensor: LetteredTensor, factor = 1) =>
  mixed(tensor, (token, i) => [factor * Math.cos(token * ((i % 3) + 1)), factor * Math.sin(token * ((i % 3) + 1))]);
const normed: LetteredTensor = { ...q, data: q.data.map((value, at) => value * (1 + Math.floor(at / size))) };

describe('what was rotated', () => {
  it.each([
    { name: 'a rotation', rotated: turned(q), holds: true },
    { name: 'a rotation with scaled cosines and sines', rotated: turned(q, 1.25), holds: true },
    {
      name: 'a learned table that keeps no lengths',
      rotated: mixed(q, (token, i) => [table[token * size + i] as number, table[(tokens + token) * size + i] as number]),
      holds: true,
    },
    { name: 'normed vectors were rotated, these are from before the norm', rotated: turned(normed), holds: false },
  ])('$name', ({ rotated, holds }) => expect(rotationDeviation(q, rotated).relative < 1e-5).toBe(holds));
});

describe('heads of one length, as after a norm of queries and keys', () => {
  const even = (tensor: LetteredTensor): LetteredTensor => {
    const data = Float32Array.from(tensor.data);
    for (let row = 0; row < heads * tokens; row++) {
      const own = data.subarray(row * size, (row + 1) * size);
      const length = Math.hypot(...own);
      own.forEach((value, i) => {
        own[i] = value / length;
      });
    }
    return { ...tensor, data };
  };
  const reversed = (tensor: LetteredTensor): LetteredTensor => {
    const of = tokens * size;
    return { ...tensor, data: Float32Array.from(tensor.data, (_, at) => tensor.data[(heads - 1 - Math.floor(at / of)) * of + (at % of)] as number) };
  };
  const plain = even(q);
  // The last two dimensions are not rotated, as in files that rotate a part of each head.
  const partly = (tensor: LetteredTensor) => mixed(tensor, (token, i) => (i % 3 === 2 ? [1, 0] : [Math.cos(token * (i + 1)), Math.sin(token * (i + 1))]));
  it.each([
    { name: 'a rotation', rotated: turned(plain), holds: true },
    { name: 'a rotation of a part', rotated: partly(plain), holds: true },
    { name: 'a rotation of the heads in another order', rotated: reversed(turned(plain)), holds: false },
    { name: 'the heads in another order, not rotated', rotated: reversed(plain), holds: false },
  ])('$name', ({ rotated, holds }) => expect(rotationDeviation(plain, rotated).relative < 1e-3).toBe(holds));
});
