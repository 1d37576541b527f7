// A bundled model whose folder holds a recipe (twin.json) in the place of an ONNX file: the file of another bundled model with fresh weights.

import { refuse } from '../core/problem';
import type { FreshWeights } from '../protocol/modelSource';
import type { FolderListing } from './folderListing';

export interface BundledTwin {
  /** Name of the bundled model whose file it is made from, and the file's path in that model's folder. */
  readonly model: string;
  readonly path: string;
  readonly weights: FreshWeights;
}

/** What training/twin.py writes. */
interface Recipe {
  readonly sha256: string;
  readonly source: string;
  readonly source_sha256: string;
  readonly seed: number;
  readonly table: readonly number[];
  readonly pieces: FreshWeights['pieces'];
}

/** A file of a bundled model beside this one; nothing else is ever named. */
const besideIt = /^\.\.\/([\w-]+)\/((?:onnx\/)?[\w-]+\.onnx)$/;

/** The recipe in a bundled model's folder; undefined where there is none. Problem: bundledDamaged. */
export async function readTwin(folder: string, listing: FolderListing): Promise<BundledTwin | undefined> {
  const text = await listing.readText(`${folder}/twin.json`);
  if (text === undefined) return undefined;
  try {
    const { sha256, source, source_sha256: sourceSha256, seed, table, pieces } = JSON.parse(text) as Recipe;
    const [, model, path] = besideIt.exec(source) ?? [];
    if (model && path) return { model, path, weights: { sha256, sourceSha256, seed, table, pieces } };
  } catch {
    // Said below.
  }
  return refuse('bundledDamaged', { file: `${folder}/twin.json` });
}
