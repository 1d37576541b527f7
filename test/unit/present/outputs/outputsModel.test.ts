import { expect, it } from 'vitest';
import { type HeadOutputs, headOutputsOf, packHeadOutputs } from '../../../../src/core/headOutputs';
import { orderByShare, outputsModel } from '../../../../src/present/outputs/outputsModel';
import { outputsTitle, outputsTsv, partWords, shareText } from '../../../../src/present/outputs/outputsWords';
import { agreementWords } from '../../../../src/present/words/numbers';

const row = (...values: number[]) => Float32Array.from(values);

/** Two heads and a bias in a plane: (3, 0) + (−1, 2) + (0, 1) = (2, 3). */
const outputs: HeadOutputs = { headCount: 2, z: row(1, 0, 0, 1), results: row(3, 0, -1, 2), bias: row(0, 1), attnOut: row(2, 3), residPre: row(3, 4) };

it('packs what there is and gives it back', () => {
  expect(headOutputsOf(packHeadOutputs(outputs))).toEqual(outputs);
  const { bias, residPre, ...plain } = outputs;
  expect(headOutputsOf(packHeadOutputs(plain))).toEqual(plain);
});

it('gives each part its length, its direction and its share, which sum to 1 and may pull back', () => {
  const model = outputsModel(outputs);
  expect(model.parts.map(({ head }) => head)).toEqual([0, 1, null]);
  expect(model.parts.map(({ norm }) => norm)).toEqual([3, Math.sqrt(5), 1]);
  expect(model.parts.map(({ share }) => share)).toEqual([6 / 13, 4 / 13, 3 / 13].map((share) => expect.closeTo(share, 6)));
  expect(model.parts[0]?.cosine).toBeCloseTo(2 / Math.sqrt(13), 6);
  expect(model).toMatchObject({ shareSum: expect.closeTo(1, 6), deviation: 0, residNorm: 5 });
  const back = outputsModel({ ...outputs, results: row(3, 4, -1, -2) });
  expect(back.parts[1]?.share).toBeLessThan(0);
});

it('says when the parts are not the whole', () => {
  const wrong = outputsModel({ ...outputs, attnOut: row(2, 3.3) });
  expect(agreementWords(wrong.deviation, 1e-4, 'attn_out')).toMatchObject({ isEqual: false, text: expect.stringContaining('is not') });
  expect(agreementWords(outputsModel(outputs).deviation, 1e-4, 'attn_out')).toEqual({ isEqual: true, text: 'equals the model’s own attn_out (0)' });
});

it('gives no share or cosine of nothing', () => {
  const model = outputsModel({ headCount: 1, z: row(0), results: row(0, 0), attnOut: row(0, 0) });
  expect(model).not.toHaveProperty('shareSum');
  expect(model.parts[0]).not.toHaveProperty('share');
  expect(model.parts[0]).not.toHaveProperty('cosine');
  expect(shareText(undefined)).toBe('–');
});

it('puts the largest share first and the bias last', () => {
  const { parts } = outputsModel({ ...outputs, results: row(-1, 2, 3, 0) });
  expect(orderByShare(parts).map(({ head }) => head)).toEqual([1, 0, null]);
});

it('says it in words and as a table', () => {
  const model = outputsModel(outputs);
  expect(outputsTitle(model)).toBe('what its 2 heads add: together 3.61 beside the 5.00 that were there');
  expect(partWords(model.parts[2] as (typeof model.parts)[number])).toBe('‖b_O‖ 1.000 · cosine with attn_out 0.832 · share +0.231');
  expect(outputsTsv(model).split('\n')).toHaveLength(5);
});
