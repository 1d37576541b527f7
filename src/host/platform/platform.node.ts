// The extension host on Node: the engine in a process of its own, models from the file system.

import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { writeCapture } from '../../captures/writeCapture.node';
import { fileStamp, noStamp } from '../../core/files/fileStamp';
import { folderListing } from '../../models/folderListing.node';
import { bundledModels, resolveModel } from '../../models/resolveModel';
import { readCard } from '../../present/words/modelCard';
import { sizeFacts } from '../../present/words/modelFacts';
import { startEngineProcess } from '../../protocol/engineProcess.node';
import type { ModelSource } from '../../protocol/modelSource';
import type { ListedModel, Platform } from './platform';

export interface NodePlatformOptions {
  /** Where the extension is installed. */
  readonly extensionPath: string;
  /** What an engine's process ended of. */
  readonly onError: (error: unknown) => void;
  /** True where the window runs on another machine, or in a browser: VS Code then draws the open dialog itself. */
  readonly hasOwnDialog: boolean;
}

/** The platform of the Node extension host. */
export function nodePlatform({ extensionPath, onError, hasOwnDialog }: NodePlatformOptions): Platform {
  const bundledFolder = path.join(extensionPath, 'models');
  const find = (model: string) => resolveModel({ model, bundledFolder }, folderListing);
  const listed = async (reference: string): Promise<readonly ListedModel[]> => {
    const source = await find(reference).catch(() => undefined);
    return source
      ? [
          {
            reference,
            name: source.name,
            description: descriptionOf(source, reference),
            ...(source.tokenizer === undefined && { need: 'needs a tokenizer.json' }),
          },
        ]
      : [];
  };
  return {
    // The native dialogs of Windows and Linux offer either files or folders.
    dialogTakesBoth: hasOwnDialog || process.platform === 'darwin',
    absolutePath: (given, base = homedir()) => path.resolve(base, given.replace(/^~(?=$|[\\/])/, homedir())),
    resolveModel: find,
    stampOf: (file) => stat(file).then(fileStamp, () => noStamp),
    async bundledModels() {
      const names = await bundledModels(bundledFolder, folderListing);
      return (await Promise.all(names.map((name) => listed(`bundled:${name}`)))).flat();
    },
    async modelsAt(folder) {
      const own = await listed(folder);
      if (own.length > 0) return own;
      const entries = (await folderListing.list(folder)) ?? [];
      return (await Promise.all(entries.filter((entry) => entry.isFolder).map((entry) => listed(path.join(folder, entry.name))))).flat();
    },
    async writeCapture(reader, wish, watch) {
      await writeCapture(reader, wish, watch);
    },
    startEngine: () => startEngineProcess({ module: path.join(extensionPath, 'dist', 'worker.cjs'), onError }),
  };
}

/** Size, what its card calls it, and the folder of a model of the user's own. */
function descriptionOf({ files, root, card }: ModelSource, reference: string): string {
  const size = sizeFacts(files.reduce((sum, file) => sum + file.sizeInBytes, 0));
  const title = card === undefined ? '' : readCard(card).title;
  return [size, title, reference.startsWith('bundled:') ? '' : root].filter((part) => part !== '').join(' · ');
}
