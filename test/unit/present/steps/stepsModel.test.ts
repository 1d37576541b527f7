import { describe, expect, it } from 'vitest';
import { topK } from '../../../../src/core/arithmetic';
import { packSteps, type Stage, type StepsNumbers, stepsOf } from '../../../../src/core/steps';
import { factorText } from '../../../../src/present/steps/factorText';
import { stepsModel } from '../../../../src/present/steps/stepsModel';

const row = (...values: number[]) => Float32Array.from(values);
const softmax = (scores: readonly number[], sink?: number) => {
  const exps = scores.map(Math.exp);
  const sum = exps.reduce((total, one) => total + one, 0) + (sink === undefined ? 0 : Math.exp(sink));
  return exps.map((one) => one / sum);
};

const product: Stage = { op: 'product', values: row(8, 4, -2) };
const divided: Stage = { op: 'divide', by: 2, values: row(4, 2, -1) };

/** Three keys of two dimensions, written out by hand. */
function numbersOf(scores: number[], more: Partial<StepsNumbers> = {}): StepsNumbers {
  const weights = row(...softmax(scores, more.sink));
  const v = row(1, 0, 0, 2, -1, 1);
  const z = row(0, 1).map((_, i) => [0, 1, 2].reduce((sum, key) => sum + (weights[key] as number) * (v[key * 2 + i] as number), 0));
  return { stages: [product, divided], scores: row(...scores), weights, v, z, ...more };
}

const modelOf = (numbers: StepsNumbers, more: { isCausal?: boolean; order?: number[] } = {}) => stepsModel({ numbers, query: 1, isCausal: false, ...more });

it('packs every number and gives it back, and leaves out what is not there', () => {
  const whole: StepsNumbers = {
    ...numbersOf([4, 2, -1], { sink: 0.5 }),
    stages: [product, divided, { op: 'mask', values: row(4, 2, -Infinity), terms: row(0, 0, -Infinity) }, { op: 'softcap', by: 30, values: row(1, 2, 3) }],
    mixed: row(0.5, 0.25, 0.25),
    q: row(1, 2),
    k: row(1, 2, 3, 4, 5, 6),
    outNorms: row(1, 2, 3),
    result: row(1, 2, 3, 4),
  };
  expect(stepsOf(packSteps(whole))).toEqual(whole);
  const little: StepsNumbers = { stages: [], weights: row(1) };
  expect(stepsOf(packSteps(little))).toEqual(little);
});

it.each([
  [0.125, false, '× 0.125'],
  [1 / Math.sqrt(32), false, '× 1/√32'],
  [Math.fround(1 / Math.sqrt(40)), false, '× 1/√40'],
  [1 / Math.sqrt(32), true, '÷ √32'],
  [1 / 8, true, '÷ √64'],
  [1, false, '× 1'],
  [1 / 3.3, true, '÷ 3.3'],
  [2.5, false, '× 2.5'],
  [-0.5, false, '× −0.5'],
])('factor %d, divides %s: %s', (factor, divides, text) => expect(factorText(factor, divides)).toBe(text));

describe('the columns between q·k and the score', () => {
  const labels = (stages: readonly Stage[]) =>
    stepsModel({ numbers: { stages, weights: row(1, 0, 0) }, query: 0, isCausal: false }).columns.map(({ label }) => label);
  const stage = (op: Stage['op'], by?: number): Stage => ({ op, values: row(1, 2, 3), terms: row(0, 0, 1), ...(by !== undefined && { by }) });

  it.each<[string, readonly Stage[], readonly string[]]>([
    ['factors on both sides are one', [product, stage('multiply', 32 ** -0.25), stage('multiply', 32 ** -0.25)], ['× 1/√32']],
    ['in the order of the model', [product, stage('divide', 8), stage('softcap', 50), stage('bias'), stage('mask')], ['÷ √64', 'cap 50', '+ bias', '+ mask']],
    ['a choice is a mask', [product, stage('where')], ['+ mask']],
    ['a term whose role is not known is no bias', [product, stage('added')], ['+ term']],
    ['none where the way is not known', [], []],
  ])('%s', (_, stages, expected) => expect(labels(stages)).toEqual(expected));

  it('gives a scale only where no factor comes after a term', () => {
    expect(modelOf(numbersOf([4, 2, -1])).scale).toBe(0.5);
    expect(modelOf({ ...numbersOf([4, 2, -1]), stages: [product] })).toMatchObject({ scale: 1 });
    expect(modelOf({ ...numbersOf([4, 2, -1]), stages: [product, stage('bias'), divided] }).scale).toBeUndefined();
    expect(modelOf({ ...numbersOf([4, 2, -1]), stages: [] }).scale).toBeUndefined();
  });
});

describe('the rows', () => {
  it('add up to z, each with what it was made of', () => {
    const { rows, ofSum, ofScores, rowMax, sumExp } = modelOf(numbersOf([4, 2, -1]));
    expect(rows.map(({ qk, scaled, score }) => [qk, scaled, score])).toEqual([
      [8, 4, 4],
      [4, 2, 2],
      [-2, -1, -1],
    ]);
    expect(rows.map(({ valueNorm }) => valueNorm)).toEqual([1, 2, Math.SQRT2]);
    expect(rows.map(({ weight }) => Math.exp(0) * weight)).toEqual(
      rows.map(({ score }) => expect.closeTo(Math.exp((score as number) - (rowMax as number)) / (sumExp as number), 6)),
    );
    expect(ofSum?.relative).toBeLessThan(1e-6);
    expect(ofScores).toEqual({ absolute: 0, relative: 0 });
  });

  it('end in the same sum in the order of their weights', () => {
    const numbers = numbersOf([-1, 2, 4]);
    expect(topK(numbers.weights, numbers.weights.length)).toEqual([2, 1, 0]);
    const { rows, ofSum } = modelOf({ ...numbers, z: modelOf(numbers).rows.at(-1)?.sum as Float32Array }, { order: [2, 1, 0] });
    expect(rows.map(({ key }) => key)).toEqual([2, 1, 0]);
    expect(ofSum?.relative).toBeLessThan(1e-6);
  });

  it('say when the sum is not z, and when the stages are not the scores', () => {
    const numbers = numbersOf([4, 2, -1]);
    expect(modelOf({ ...numbers, z: row(1, 1) }).ofSum?.relative).toBeGreaterThan(0.01);
    expect(modelOf({ ...numbers, scores: row(4, 2, -1.5) }).ofScores?.absolute).toBeCloseTo(0.5, 6);
  });

  it('are masked by their score, or as later keys of a causal attention, and never where they weigh', () => {
    const isMasked = (scores: number[], weights: number[], isCausal = false) =>
      modelOf({ ...numbersOf([1, 1, 1]), scores: row(...scores), weights: row(...weights) }, { isCausal }).rows.map((one) => one.isMasked);
    expect(isMasked([1, 1, -Infinity], [0.5, 0.5, 0])).toEqual([false, false, true]);
    expect(isMasked([1, 1, 1], [0.5, 0.5, 0])).toEqual([false, false, false]);
    expect(isMasked([1, 1, 1], [0.5, 0.5, 0], true)).toEqual([false, false, true]);
    expect(isMasked([1, 1, -1e9], [0.5, 0.4, 0.1], true)).toEqual([false, false, false]);
  });

  it('leave a part of the softmax to a learned sink', () => {
    const { sink, rows } = modelOf(numbersOf([4, 2, -1], { sink: 3 }));
    expect((sink?.weight ?? 0) + rows.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 6);
  });

  it('mix by the rounded weights where the model rounds them', () => {
    const numbers = numbersOf([0, 0, 0], { mixed: row(0.5, 0.25, 0.25), z: row(0.25, 0.75) });
    expect(modelOf(numbers).ofSum?.relative).toBe(0);
  });

  it('of which all are masked have no maximum', () => {
    const model = modelOf({ ...numbersOf([0, 0, 0]), scores: row(-Infinity, -Infinity, -Infinity), weights: row(0, 0, 0), z: row(0, 0) });
    expect(model).not.toHaveProperty('rowMax');
    expect(model.rows.every((one) => one.isMasked)).toBe(true);
    expect(model.ofSum).toEqual({ absolute: 0, relative: 0 });
  });
});
