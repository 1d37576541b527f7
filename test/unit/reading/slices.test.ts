// What the page fetches and keeps: asked once, older runs dropped, least recently used out first.

import { expect, it } from 'vitest';
import { type Outcome, problem } from '../../../src/core/problem';
import type { Question, QuestionOf } from '../../../src/core/question';
import { pack, type TensorPack } from '../../../src/core/tensorPack';
import { Slices } from '../../../src/reading/slices';

const key = (runId: number, head: number): QuestionOf<'activation'> => ({
  of: 'activation',
  runId,
  activation: 'pattern',
  tower: 'encoder',
  layer: 0,
  kind: 'self',
  head,
});
const packed = (): TensorPack => pack([{ name: 'values', dims: [4], data: new Float32Array(4) }]);

function setUp(budgetInBytes?: number) {
  const asked: number[] = [];
  const signals: AbortSignal[] = [];
  let changes = 0;
  const waiting: ((outcome: Outcome<TensorPack>) => void)[] = [];
  const read = (question: Question, signal: AbortSignal) => {
    signals.push(signal);
    asked.push(question.of === 'activation' ? (question.head ?? -1) : -2);
    return new Promise<Outcome<TensorPack>>((resolve) => waiting.push(resolve));
  };
  const source = { read };
  const slices = new Slices({ source, onChange: () => changes++, budgetInBytes });
  const answer = async (outcome: Outcome<TensorPack> = { ok: true, value: packed() }) => {
    waiting.shift()?.(outcome);
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { slices, asked, signals, answer, changes: () => changes };
}

it('asks once for what is looked at again', async () => {
  const { slices, asked, answer, changes } = setUp();
  slices.keepRuns([1]);
  expect(slices.read(key(1, 0)).state).toBe('loading');
  expect(slices.read(key(1, 0)).state).toBe('loading');
  await answer();
  expect(slices.read(key(1, 0)).state).toBe('ready');
  expect(asked).toEqual([0]);
  expect(changes()).toBe(1);
});

it('drops replies of an older run unseen, and cancels them', async () => {
  const { slices, answer, changes, signals } = setUp();
  slices.keepRuns([1]);
  slices.read(key(1, 0));
  slices.keepRuns([2]);
  expect(signals[0]?.aborted).toBe(true);
  await answer();
  expect(changes()).toBe(0);
  expect(slices.sizeInBytes).toBe(0);
});

it('asks nothing for a run that is not the current one', () => {
  const { slices, asked } = setUp();
  slices.keepRuns([2]);
  expect(slices.read(key(1, 0)).state).toBe('loading');
  expect(asked).toEqual([]);
});

it('forgets the least recently used beyond its budget', async () => {
  const { slices, asked, answer } = setUp(32);
  slices.keepRuns([1]);
  for (const head of [0, 1]) {
    slices.read(key(1, head));
    await answer();
  }
  slices.startDraw();
  slices.read(key(1, 0));
  slices.read(key(1, 2));
  await answer();
  expect(slices.sizeInBytes).toBe(32);
  expect([0, 1].map((head) => slices.read(key(1, head)).state)).toEqual(['ready', 'loading']);
  expect(asked).toEqual([0, 1, 2, 1]);
});

it('keeps what the last draw used, however large, so that it is not fetched without end', async () => {
  const { slices, asked, answer } = setUp(16);
  slices.keepRuns([1]);
  const draw = () => {
    slices.startDraw();
    return [slices.read(key(1, 0)).state, slices.read({ ...key(1, 0), head: undefined, isHeadMean: true }).state, slices.read(key(1, 2)).state];
  };
  draw();
  for (const _ of [0, 1, 2]) {
    await answer();
    draw();
  }
  expect(draw()).toEqual(['ready', 'ready', 'ready']);
  expect(asked).toEqual([0, -1, 2]);
});

it('keeps the reason of a refusal and does not ask again', async () => {
  const { slices, answer, asked } = setUp();
  slices.keepRuns([1]);
  slices.read(key(1, 0));
  await answer({ ok: false, problem: problem('workerStopped') });
  expect(slices.read(key(1, 0))).toEqual({ state: 'failed', reason: 'The run was stopped. Start it again.' });
  expect(asked).toEqual([0]);
});
