// How far a long work is, in words.

import type { Progress, Stage } from '../../core/progress';

const stages: Readonly<Record<Stage, string>> = {
  reading: 'reading its files',
  trying: 'trying it with a short text',
  comparing: 'comparing it with the unmodified file',
  running: 'one layer after another',
};

/** `Loading all-MiniLM: reading its files`; without progress `Loading all-MiniLM`. */
export function progressWords({ name, what, progress }: { readonly name: 'loading' | 'running'; readonly what: string; readonly progress?: Progress }): string {
  const work = `${name === 'loading' ? 'Loading' : 'Running'} ${what}`;
  if (!progress) return work;
  const { stage, done, of } = progress;
  return `${work}: ${stages[stage]}${done !== undefined && of !== undefined ? ` (${done} of ${of})` : ''}`;
}
