// The files of a model, and which of them were read: so that it can be told later whether the model is still what its files say.

import type { ReadFile } from '../../protocol/engineApi';
import type { ModelFiles } from './modelFiles';

export interface NotedFiles {
  readonly files: ModelFiles;
  /** Every file that was read, as it stood just before. */
  read(): readonly ReadFile[];
}

/** The same files; what is read of them is noted. */
export function noted(files: ModelFiles): NotedFiles {
  const stamps = new Map<string, string>();
  const note = async (path: string) => {
    // Before the bytes: a file that is written meanwhile counts as changed.
    if (!stamps.has(path)) stamps.set(path, await files.stamp(path));
  };
  return {
    files: {
      ...files,
      readAll: async (path, look) => {
        await note(path);
        return files.readAll(path, look);
      },
      readRanges: async (path, ranges) => {
        await note(path);
        return files.readRanges(path, ranges);
      },
    },
    read: () => [...stamps].map(([path, stamp]) => ({ path, stamp })),
  };
}
