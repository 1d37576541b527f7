import { describe, expect, it } from 'vitest';
import { ProblemError, problem } from '../../../../src/core/problem';
import { RunTensors } from '../../../../src/engine/tensors/runTensors';
import { onlyLength } from '../../../../src/engine/trial/lengths';
import { effectOf, type ReadSite } from '../../../../src/engine/trial/masks';
import { isOrderBlind, weightsDiffer } from '../../../../src/engine/trial/positions';
import { changedTokens, sameTokens, sampleIds, sampleTokens } from '../../../../src/engine/trial/sample';
import { refuseSpeechless, refuseUnsteady } from '../../../../src/engine/trial/steadiness';
import type { TrialRun } from '../../../../src/engine/trial/trialRun';
import type { Site } from '../../../../src/onnx/facts/site';
import { fromHalf, toHalf } from '../../../../src/onnx/file/halfFloats';

const site = { tower: 'encoder', layer: 0, kind: 'self', captures: { pattern: [{ tensor: 'p', axes: 'qk' }] } } as unknown as Site;
const sites: readonly ReadSite[] = [{ part: 0, site, keys: 'source' }];

/** A run whose one site has these weights, and whose file answers these numbers. */
function runOf(rows: readonly (readonly number[])[], answer: readonly number[] = [1]): TrialRun {
  const tensors = new RunTensors();
  tensors.put(0, new Map([['p', { type: 'float32', dims: [rows.length, rows[0]?.length ?? 0], data: Float32Array.from(rows.flat()) }]]), 0);
  return { tensors, outputs: new Map([['0 0 out', { type: 'float32', dims: [answer.length], data: Float32Array.from(answer) }]]) };
}

const half = [
  [0.5, 0.5],
  [0.5, 0.5],
];

describe('a mask', () => {
  it.each([
    [
      'masks where the weight of its key becomes 0',
      half,
      [
        [1, 0],
        [1, 0],
      ],
      'masks',
    ],
    [
      'masks also where a token may read itself',
      half,
      [
        [1, 0],
        [0.5, 0.5],
      ],
      'masks',
    ],
    [
      'of causal attention is told by the last row',
      [
        [1, 0],
        [0.5, 0.5],
      ],
      [
        [1, 0],
        [1, 0],
      ],
      'masks',
    ],
    [
      'that leaves the key readable masks nothing',
      half,
      [
        [0.6, 0.4],
        [0.6, 0.4],
      ],
      'other',
    ],
    [
      'turned round opens the key',
      half,
      [
        [0, 1],
        [0, 1],
      ],
      'other',
    ],
    ['may change nothing at all', half, half, 'nothing'],
    [
      'says nothing where no row is a number',
      half,
      [
        [Number.NaN, Number.NaN],
        [Number.NaN, Number.NaN],
      ],
      'other',
    ],
  ] as const)('%s', (_name, plain, flipped, effect) => {
    const isTurned = Number.isNaN(flipped[0][0]);
    expect(effectOf(isTurned ? runOf(flipped) : runOf(plain), runOf(isTurned ? plain : flipped), sites, 2)).toBe(effect);
  });
});

it('a mask taken the wrong way lifts the scores of all tokens that are read', () => {
  const scored = (rows: readonly (readonly number[])[], score: number): TrialRun => {
    const run = runOf(rows);
    run.tensors.put(0, new Map([['s', { type: 'float32', dims: [2, 2], data: Float32Array.of(score, score, score, score) }]]), 0);
    return run;
  };
  const withScores = [
    { part: 0, keys: 'source', site: { ...site, captures: { ...site.captures, scores: [{ tensor: 's', axes: 'qk' }] } } },
  ] as unknown as readonly ReadSite[];
  const flipped = [
    [1, 0],
    [1, 0],
  ];
  expect([3e38, -1e9, 5].map((score) => effectOf(scored(half, score), scored(flipped, score), withScores, 2))).toEqual(['other', 'other', 'masks']);
});

describe('positions', () => {
  const causal = [
    [1, 0, 0],
    [0.5, 0.5, 0],
    [1 / 3, 1 / 3, 1 / 3],
  ];
  it('are unknown to a model that reads all keys alike, whatever its mask', () => {
    expect(isOrderBlind(runOf(causal), sites, 3)).toBe(true);
    expect(
      isOrderBlind(
        runOf([
          [1, 0],
          [0.6, 0.4],
        ]),
        sites,
        2,
      ),
    ).toBe(false);
  });
  it('are not looked for in padding', () => {
    expect(
      isOrderBlind(
        runOf([
          [0.5, 0.5, 0],
          [0.5, 0.5, 0],
          [0.1, 0.2, 0.7],
        ]),
        sites,
        2,
      ),
    ).toBe(true);
  });
  it('cannot be told without a site', () => {
    expect(isOrderBlind(runOf(causal), [], 3)).toBeUndefined();
  });
  it('are relative where a shift changes no weight', () => {
    expect(weightsDiffer(runOf(half), runOf(half), sites, 2)).toBe(false);
    expect(
      weightsDiffer(
        runOf(half),
        runOf([
          [0.5, 0.5],
          [0.4, 0.6],
        ]),
        sites,
        2,
      ),
    ).toBe(true);
  });
});

describe('a length written into the graph', () => {
  const refused = () => new ProblemError(problem('runtimeRefused', { file: 'f', reason: 'r' }));
  const takes = (isTaken: (count: number) => boolean) => async (count: number) => {
    if (!isTaken(count)) throw refused();
  };
  it.each([
    ['is none where any length runs', () => true, [9], undefined],
    ['is found among the numbers of the file', (count: number) => count === 9, [2, 9, 32], 9],
    ['may be the sample itself', (count: number) => count === 6, [9], 6],
    ['is none where only even numbers run', (count: number) => count % 2 === 0, [9], undefined],
    ['is none where longer texts run as well', (count: number) => count >= 9, [2, 9], undefined],
  ])('%s', async (_name, isTaken, candidates, expected) => {
    expect(await onlyLength(takes(isTaken), 6, candidates)).toBe(expected);
  });
  it('says what the runtime says where no length runs', async () => {
    await expect(
      onlyLength(
        takes(() => false),
        6,
        [9],
      ),
    ).rejects.toThrow(ProblemError);
  });
});

describe('a file', () => {
  it.each([
    ['gives the same numbers twice', [1, 2], [1, 2], undefined],
    ['gives other numbers each time', [1, 2], [1, 3], 'modelRandom'],
    ['gives no numbers', [Number.NaN, Number.NaN], [Number.NaN, Number.NaN], 'modelNotNumbers'],
  ])('%s', (_name, first, second, code) => {
    const work = () => refuseUnsteady(runOf(half, first), runOf(half, second), ['model.onnx']);
    if (code === undefined) expect(work).not.toThrow();
    else expect(work).toThrow(expect.objectContaining({ problem: expect.objectContaining({ code }) }));
  });
});

it('a mask is not blamed where every answer is no number', () => {
  const parts = [{ content: { file: { path: 'model.onnx' } } }] as unknown as Parameters<typeof refuseSpeechless>[1];
  const silent = runOf(half, [Number.NaN, Number.NaN]);
  expect(() => refuseSpeechless([silent, runOf(half, [1, Number.NaN])], parts)).not.toThrow();
  expect(() => refuseSpeechless([silent, silent], parts)).toThrow('What model.onnx computes');
});

describe('the sample', () => {
  it('has different tokens, none of them padding', () => {
    expect(sampleIds(6, { padId: 7 })).toEqual([5, 6, 8, 9, 10, 11]);
    expect(sampleIds(3, { padId: 0, special: new Set([5, 7]) })).toEqual([6, 8, 9]);
    expect(sampleIds(2, { padId: 0, vocabularySize: 1 })).toEqual([0, 0]);
    expect(sampleIds(4, { padId: 0, vocabularySize: 3 }).every((id) => id > 0 && id < 3)).toBe(true);
  });
  it('is changed in one place, and can be one token only', () => {
    const tokens = sampleTokens(6, { padId: 0 });
    expect(changedTokens(tokens, 5, { padId: 0 }).map((token, i) => token.id === tokens[i]?.id)).toEqual([true, true, true, true, true, false]);
    expect(new Set(sameTokens(6, { padId: 0 }).map((token) => token.id)).size).toBe(1);
  });
});

describe('halves', () => {
  it('come back as they went', () => {
    for (let bits = 0; bits < 0x7c01; bits++) expect(toHalf(fromHalf(bits))).toBe(bits);
    expect([toHalf(-1e9), toHalf(0.1), Number.isNaN(fromHalf(toHalf(Number.NaN)))]).toEqual([0xfc00, 0x2e66, true]);
    // Half way between two of them: the even one.
    expect([toHalf(1 + 1 / 2048), toHalf(1 + 3 / 2048), toHalf(-1 - 1 / 2048)]).toEqual([0x3c00, 0x3c02, 0xbc00]);
  });
});
