import { describe, expect, it } from 'vitest';
import type { LetteredTensor } from '../../../../src/engine/tensors/canonical';
import { joinSteps } from '../../../../src/engine/tensors/joinSteps';

const tensor = (letters: string, dims: number[], ...data: number[]): LetteredTensor => ({ letters, dims, data: Float32Array.from(data) });
const none = Number.NEGATIVE_INFINITY;

describe('the steps of one text', () => {
  const cases: readonly [string, LetteredTensor[], number, (Partial<LetteredTensor> & { data: Float32Array }) | undefined][] = [
    ['one is as it is', [tensor('hqk', [1, 1, 1], 3)], 0, tensor('hqk', [1, 1, 1], 3)],
    ['queries stand one after another', [tensor('hqe', [2, 1, 1], 1, 2), tensor('hqe', [2, 1, 1], 3, 4)], 0, tensor('hqe', [2, 2, 1], 1, 3, 2, 4)],
    [
      'weights on keys that come later are 0',
      [tensor('hqk', [2, 1, 1], 1, 1), tensor('hqk', [2, 1, 2], 0.25, 0.75, 0.5, 0.5)],
      0,
      { ...tensor('hqk', [2, 2, 2], 1, 0, 0.25, 0.75, 1, 0, 0.5, 0.5), reach: [1, 2] },
    ],
    [
      'scores of keys that come later are −∞',
      [tensor('qk', [1, 1], 5), tensor('qk', [1, 2], 6, 7)],
      none,
      { ...tensor('qk', [2, 2], 5, none, 6, 7), reach: [1, 2] },
    ],
    [
      'a first step of several tokens',
      [tensor('qk', [2, 2], 1, 2, 3, 4), tensor('qk', [1, 3], 5, 6, 7)],
      0,
      { ...tensor('qk', [3, 3], 1, 2, 0, 3, 4, 0, 5, 6, 7), reach: [2, 2, 3] },
    ],
    ['keys of another text are the same for all', [tensor('qk', [1, 2], 1, 2), tensor('qk', [1, 2], 3, 4)], 0, tensor('qk', [2, 2], 1, 2, 3, 4)],
    ['of keys so far the last step has all', [tensor('hke', [2, 1, 1], 1, 5), tensor('hke', [2, 2, 1], 1, 2, 5, 6)], 0, tensor('hke', [2, 2, 1], 1, 2, 5, 6)],
    ['keys of another text are there once', [tensor('hke', [1, 2, 1], 1, 2), tensor('hke', [1, 2, 1], 1, 2)], 0, tensor('hke', [1, 2, 1], 1, 2)],
    ["a key of each step's own token", [tensor('hke', [2, 1, 1], 1, 5), tensor('hke', [2, 1, 1], 2, 6)], 0, tensor('hke', [2, 2, 1], 1, 2, 5, 6)],
    [
      'its own key, behind others in another form',
      [tensor('hke', [1, 1, 2], 1, 2), tensor('hke', [1, 2, 2], 8, 9, 3, 4)],
      0,
      tensor('hke', [1, 2, 2], 1, 2, 3, 4),
    ],
    ['keys that are other ones each time, as many as before', [tensor('ke', [2, 1], 1, 2), tensor('ke', [2, 1], 3, 4)], 0, undefined],
    ['fewer keys than before', [tensor('qk', [1, 2], 1, 2), tensor('qk', [1, 1], 3)], 0, undefined],
    ['other axes than before', [tensor('qk', [1, 1], 1), tensor('hqk', [1, 1, 1], 3)], 0, undefined],
    ['what is no list of tokens is that of the first', [tensor('d', [1], 1), tensor('d', [1], 2)], 0, tensor('d', [1], 1)],
  ];
  it.each(cases)('%s', (_, steps, filler, expected) => expect(joinSteps(steps, filler)).toEqual(expected));
});
