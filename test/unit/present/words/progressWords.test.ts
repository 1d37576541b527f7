import { describe, expect, it } from 'vitest';
import { progressWords } from '../../../../src/present/words/progressWords';

describe('how far a long work is, in words', () => {
  it.each([
    [{ name: 'loading', what: 'tiny' }, 'Loading tiny'],
    [{ name: 'loading', what: 'tiny', progress: { stage: 'reading' } }, 'Loading tiny: reading its files'],
    [{ name: 'running', what: 'a.txt : 2', progress: { stage: 'running', done: 2, of: 7 } }, 'Running a.txt : 2: one layer after another (2 of 7)'],
    [{ name: 'loading', what: 'a', progress: { stage: 'reading', sizeInBytes: 9e6 } }, 'Loading a: reading its files'],
    [
      { name: 'loading', what: 'a', progress: { stage: 'trying', sizeInBytes: 548e6 } },
      'Loading a (548.0 MB, about 1.2 GB of memory): trying it with a short text',
    ],
  ] as const)('%j', (phase, words) => expect(progressWords(phase)).toBe(words));
});
