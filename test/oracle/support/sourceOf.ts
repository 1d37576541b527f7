// The files of a model folder, as the product's resolver finds them.

import path from 'node:path';
import { folderListing } from '../../../src/models/folderListing.node';
import { resolveModel } from '../../../src/models/resolveModel';
import type { ModelSource } from '../../../src/protocol/modelSource';

const bundledFolder = path.resolve(import.meta.dirname, '../../../models');

/** Throws a ProblemError when the folder holds no model. */
export function sourceOf(folder: string): Promise<ModelSource> {
  return resolveModel({ model: folder, bundledFolder }, folderListing);
}
