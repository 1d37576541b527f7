// How far a long work is, in words.

import { largeFromBytes } from '../../core/memoryEstimate';
import type { Progress, Stage } from '../../core/progress';
import { sizeFacts } from './modelFacts';

const stages: Readonly<Record<Stage, string>> = {
  reading: 'reading its files',
  trying: 'trying it with a short text',
  comparing: 'comparing it with the unmodified file',
  running: 'one layer after another',
};

/** `Loading all-MiniLM: reading its files`, `Loading gpt2 (548.0 MB, about 1.2 GB of memory): reading its files`; without progress `Loading all-MiniLM`. */
export function progressWords({ name, what, progress }: { readonly name: 'loading' | 'running'; readonly what: string; readonly progress?: Progress }): string {
  const work = `${name === 'loading' ? 'Loading' : 'Running'} ${what}`;
  if (!progress) return work;
  const { stage, done, of, sizeInBytes = 0 } = progress;
  const size = sizeInBytes >= largeFromBytes ? ` (${sizeFacts(sizeInBytes)})` : '';
  return `${work}${size}: ${stages[stage]}${done !== undefined && of !== undefined ? ` (${done} of ${of})` : ''}`;
}
