import { describe, expect, it } from 'vitest';
import { softmaxRows } from '../../../../src/core/arithmetic';
import { unbounded } from '../../../../src/core/check';
import { mixDeviation, scoresDeviation, softmaxDeviation } from '../../../../src/engine/checks/attentionChecks';
import { Deviation } from '../../../../src/engine/checks/deviation';
import { silentRows, withoutRows } from '../../../../src/engine/checks/maskedRows';
import type { NumericStep } from '../../../../src/engine/checks/scoreProgram';
import type { LetteredTensor } from '../../../../src/engine/tensors/canonical';

const seeded = (seed: number) => () => {
  seed = (seed * 1664525 + 1013904223) % 2 ** 32;
  return seed / 2 ** 31 - 1;
};
const next = seeded(7);
const random = (letters: string, dims: readonly number[]): LetteredTensor => ({
  letters,
  dims,
  data: Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, next),
});

const [heads, kvHeads, queries, keys, size] = [4, 2, 3, 5, 6];
const q = random('hqe', [heads, queries, size]);
const k = random('hke', [kvHeads, keys, size]);
const v = random('hke', [kvHeads, keys, size]);
const bias = random('hqk', [heads, 1, keys]);
const allowed: LetteredTensor = {
  letters: 'qk',
  dims: [queries, keys],
  data: Float32Array.from({ length: queries * keys }, (_, i) => (i % keys <= Math.floor(i / keys) + 1 ? 1 : 0)),
};

/** The steps written out a second time, as plainly as can be. */
function reference(): LetteredTensor {
  const data = new Float32Array(heads * queries * keys);
  for (let h = 0; h < heads; h++)
    for (let i = 0; i < queries; i++)
      for (let j = 0; j < keys; j++) {
        let dot = 0;
        for (let e = 0; e < size; e++) dot += (q.data[(h * queries + i) * size + e] as number) * (k.data[(Math.floor(h / 2) * keys + j) * size + e] as number);
        const capped = 3 * Math.tanh((dot * 0.4) / 3) + (bias.data[h * keys + j] as number);
        data[(h * queries + i) * keys + j] = allowed.data[i * keys + j] ? capped : -3.4028234663852886e38;
      }
  return { letters: 'hqk', dims: [heads, queries, keys], data };
}
const steps: NumericStep[] = [
  { op: 'multiply', by: 0.4 },
  { op: 'softcap', by: 3 },
  { op: 'add', term: bias, sign: 1 },
  { op: 'where', condition: allowed, keepWhen: true, otherwise: -3.4028234663852886e38 },
];
const scores = reference();

describe('scores = steps(q·kᵀ)', () => {
  it('holds for scale, cap, bias and mask with shared keys', () => expect(scoresDeviation(q, k, steps, scores).relative).toBeLessThan(1e-6));

  const swapped = { ...q, data: q.data.slice().reverse() };
  const wrong: readonly (readonly [string, LetteredTensor, LetteredTensor, NumericStep[]])[] = [
    ['another q', swapped, k, steps],
    ['a wrong scale', q, k, [{ op: 'multiply', by: 0.41 }, ...steps.slice(1)]],
    ['a dropped bias', q, k, steps.filter((step) => step.op !== 'add')],
    ['a dropped mask', q, k, steps.slice(0, 3)],
    ['the mask the other way round', q, k, [...steps.slice(0, 3), { ...(steps[3] as Extract<NumericStep, { op: 'where' }>), keepWhen: false }]],
    ['heads that read other keys', q, { ...k, data: Float32Array.from([...k.data.slice(keys * size), ...k.data.slice(0, keys * size)]) }, steps],
  ];
  it.each(wrong)('catches %s', (_name, otherQ, otherK, otherSteps) =>
    expect(scoresDeviation(otherQ, otherK, otherSteps, scores).relative).toBeGreaterThan(1e-3));
});

describe('softmax(scores) = pattern', () => {
  const pattern = (data: Float32Array): LetteredTensor => ({ ...scores, data });
  it('holds with and without a learned sink', () => {
    expect(softmaxDeviation(scores, pattern(softmaxRows(scores.data, keys)), undefined).relative).toBeLessThan(1e-6);
    const sink: LetteredTensor = { letters: 'h', dims: [heads], data: Float32Array.of(0.1, 2, -1, 0) };
    const withSink = pattern(softmaxRows(scores.data, keys, (row) => sink.data[Math.floor(row / queries)] as number));
    expect(softmaxDeviation(scores, withSink, sink).relative).toBeLessThan(1e-6);
    expect(softmaxDeviation(scores, withSink, undefined).relative).toBeGreaterThan(1e-2);
  });
  it('leaves rows out in which everything is masked', () => {
    const masked: LetteredTensor = { letters: 'hqk', dims: [1, 1, 2], data: Float32Array.of(-Infinity, -Infinity) };
    expect(softmaxDeviation(masked, { ...masked, data: Float32Array.of(Number.NaN, 0) }, undefined).relative).toBe(0);
  });
  it('leaves the same rows out of what follows, where their pattern is no number', () => {
    const masked: LetteredTensor = { letters: 'hqk', dims: [1, 2, 2], data: Float32Array.of(1, 1, -Infinity, -Infinity) };
    const rows = silentRows(masked, { ...masked, data: Float32Array.of(0.5, 0.5, Number.NaN, Number.NaN) });
    expect([...rows]).toEqual([1]);
    expect(withoutRows({ letters: 'hqe', dims: [2, 2, 1], data: Float32Array.of(1, 2, 3, 4) }, rows)).toEqual({
      letters: 'hqe',
      dims: [2, 1, 1],
      data: Float32Array.of(1, 3),
    });
    expect(silentRows(masked, { ...masked, data: new Float32Array(4) }).size).toBe(0);
  });
  it('counts no masked scores', () => {
    const deviation = new Deviation();
    deviation.addScore(-Infinity, -1e9);
    expect(deviation.size).toEqual({ absolute: 0, relative: 0, cells: 0 });
  });
  it('is unbounded where a weight is no number', () => {
    const data = softmaxRows(scores.data, keys);
    data[1] = Number.NaN;
    expect(softmaxDeviation(scores, pattern(data), undefined).absolute).toBe(unbounded);
  });
});

describe('pattern · v = z', () => {
  const pattern: LetteredTensor = { ...scores, data: softmaxRows(scores.data, keys) };
  const z: LetteredTensor = { letters: 'hqe', dims: [heads, queries, size], data: new Float32Array(heads * queries * size) };
  for (let h = 0; h < heads; h++)
    for (let i = 0; i < queries; i++)
      for (let e = 0; e < size; e++)
        for (let j = 0; j < keys; j++)
          z.data[(h * queries + i) * size + e] =
            (z.data[(h * queries + i) * size + e] as number) +
            (pattern.data[(h * queries + i) * keys + j] as number) * (v.data[(Math.floor(h / 2) * keys + j) * size + e] as number);
  it('holds with shared values', () => expect(mixDeviation(pattern, v, z).relative).toBeLessThan(1e-6));
  it('catches keys taken for values', () => expect(mixDeviation(pattern, k, z).relative).toBeGreaterThan(1e-2));
});
