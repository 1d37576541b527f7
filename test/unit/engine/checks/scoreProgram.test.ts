// Every kind of step against its plain formula, step by step as a visitor sees them.

import { describe, expect, it } from 'vitest';
import { type NumericStep, numericStep, scoreProgram, stepFits, stepRefs } from '../../../../src/engine/checks/scoreProgram';
import type { LetteredTensor } from '../../../../src/engine/tensors/canonical';
import type { ScoreStep } from '../../../../src/onnx/facts/site';

const tensor = (letters: string, dims: number[], data: number[]): LetteredTensor => ({ letters, dims, data: Float32Array.from(data) });
/** [head, query, key] of 2 heads, 2 queries, 3 keys. */
const scores = tensor(
  'hqk',
  [2, 2, 3],
  Array.from({ length: 12 }, () => 0),
);
const ref = (name: string) => [{ tensor: name, axes: 'hqk' }];

const kinds: readonly (readonly [string, NumericStep, readonly number[]])[] = [
  ['a factor', { op: 'multiply', by: 2 }, [2, -4, 6]],
  ['a divisor', { op: 'divide', by: 4 }, [0.25, -0.5, 0.75]],
  ['a soft cap', { op: 'softcap', by: 2 }, [1, -2, 3].map((x) => 2 * Math.tanh(x / 2))],
  ['a bias of head and query', { op: 'add', term: tensor('hqk', [2, 2, 3], [...Array(9).fill(0), 5, 6, 7]), sign: 1 }, [6, 4, 10]],
  ['a term that is taken away, alike for all heads', { op: 'add', term: tensor('qk', [2, 3], [0, 0, 0, 1, 1, 2]), sign: -1 }, [0, -3, 1]],
  ['one number for each query', { op: 'add', term: tensor('hqk', [1, 2, 1], [9, 10]), sign: 1 }, [11, 8, 13]],
  ['a mask that keeps', { op: 'where', condition: tensor('k', [3], [1, 0, 1]), keepWhen: true, otherwise: -9 }, [1, -9, 3]],
  ['a mask that hides', { op: 'where', condition: tensor('k', [3], [1, 0, 1]), keepWhen: false, otherwise: -9 }, [-9, -2, -9]],
];

describe('scoreProgram', () => {
  it.each(kinds)('%s', (_, step, expected) => {
    const row = Float64Array.of(1, -2, 3);
    scoreProgram([step])(row, 1, 1);
    expect([...row]).toEqual(expected);
    expect(stepFits(step, scores)).toBe(true);
  });

  it('tells a visitor of q·k and of the row after each step', () => {
    const seen: (readonly [number, readonly number[], number, number])[] = [];
    const row = Float64Array.of(1, 2, 4);
    const steps: NumericStep[] = [{ op: 'divide', by: 2 }, kinds[6]?.[1] as NumericStep];
    scoreProgram(steps, (step, values, head, query) => seen.push([step, [...values], head, query]))(row, 1, 0);
    expect(seen).toEqual([
      [-1, [1, 2, 4], 1, 0],
      [0, [0.5, 1, 2], 1, 0],
      [1, [0.5, -9, 2], 1, 0],
    ]);
    expect([...row]).toEqual([0.5, -9, 2]);
  });
});

describe('a step of a site', () => {
  const values = new Map([['t', tensor('hqk', [1, 1, 3], [1, 2, 3])]]);
  const reader = {
    form: ([one]: readonly { readonly tensor: string }[]) => values.get(one?.tensor ?? ''),
    scalar: (scalar: { readonly value: number } | { readonly tensor: string }) => ('value' in scalar ? scalar.value : values.get(scalar.tensor)?.data[0]),
  };
  const rows: readonly (readonly [ScoreStep, readonly string[], NumericStep | undefined])[] = [
    [{ op: 'multiply', by: { value: 3 } }, [], { op: 'multiply', by: 3 }],
    [{ op: 'divide', by: { tensor: 't' } }, ['t'], { op: 'divide', by: 1 }],
    [{ op: 'softcap', cap: { tensor: 'gone' } }, ['gone'], undefined],
    [{ op: 'add', term: ref('t'), role: 'bias', subtract: true }, ['t'], { op: 'add', term: values.get('t') as LetteredTensor, sign: -1 }],
    [{ op: 'add', term: ref('gone'), role: 'unknown' }, ['gone'], undefined],
    [
      { op: 'where', condition: ref('t'), keepWhen: true, otherwise: { tensor: 't' } },
      ['t', 't'],
      { op: 'where', condition: values.get('t') as LetteredTensor, keepWhen: true, otherwise: 1 },
    ],
    [{ op: 'where', condition: ref('gone'), keepWhen: true, otherwise: { value: 0 } }, ['gone'], undefined],
  ];
  it.each(rows)('%j', (step, tensors, expected) => {
    expect(stepRefs(step).map(([one]) => one?.tensor)).toEqual(tensors);
    expect(numericStep(step, reader)).toEqual(expected);
  });

  it.each([
    ['another number of keys', tensor('hqk', [1, 1, 4], [0, 0, 0, 0])],
    ['an axis that scores have not', tensor('e', [3], [0, 0, 0])],
  ])('does not fit with %s', (_, term) => expect(stepFits({ op: 'add', term, sign: 1 }, scores)).toBe(false));
});
