import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Quiet } from '../../../../src/engine/run/quiet';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('comes when nothing was asked for a while, later with every question', async () => {
  const quiet = new Quiet();
  let isQuiet = false;
  void quiet.comes(new AbortController().signal).then(() => {
    isQuiet = true;
  });
  await vi.advanceTimersByTimeAsync(200);
  quiet.touch();
  await vi.advanceTimersByTimeAsync(250);
  expect(isQuiet).toBe(false);
  await vi.advanceTimersByTimeAsync(60);
  expect(isQuiet).toBe(true);
});
