// One ONNX file of a model: its bytes, the bytes of its weights wherever they lie in the model's folder, and its facts.

import { refuse } from '../../core/problem';
import { type AnalysisHints, analyse } from '../../onnx/analyse';
import { externalFiles } from '../../onnx/file/externalFiles';
import type { OnnxModel } from '../../onnx/file/model';
import { readModel, refuseForeign } from '../../onnx/file/readModel';
import { type ReadData, relocate } from '../../onnx/instrument/relocate';
import type { ModelFile } from '../../protocol/modelSource';
import { namedFacts } from '../model/towerNames';
import type { PartContent } from '../session/partContent';
import { withFreshWeights } from './freshWeights';
import type { ModelFiles } from './modelFiles';

/** Bytes that may still be read, of all files of a model together: the runtime addresses 4 GB. */
export interface ReadBudget {
  left: number;
  /** What the files hold that are read or on their way. */
  spent: number;
}

export const readBudget = (): ReadBudget => ({ left: 2 ** 32, spent: 0 });

export interface Reading {
  readonly files: ModelFiles;
  readonly budget: ReadBudget;
  /** Of the tokenizer, which is read meanwhile. */
  readonly hints: Promise<AnalysisHints>;
  /** Told how much there is to read, as soon as a file has said so. */
  readonly onSize?: ((sizeInBytes: number) => void) | undefined;
}

export interface ReadPart extends PartContent {
  /** SHA-256 of the file's own bytes, or with the weights that took the place of its own. */
  readonly digest: Promise<string>;
}

const folderOf = (path: string) => (path.includes('/') ? path.slice(0, path.lastIndexOf('/') + 1) : '');
const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;

/** Before anything is read. Problem: onnxTooLarge. */
function spend(budget: ReadBudget, size: number, file: string): void {
  budget.left -= size;
  budget.spent += size;
  if (budget.left < 0) refuse('onnxTooLarge', { file, reason: `its weights take ${gigabytes(size)}; the runtime holds 4 GB at most` });
}

/** The bytes of the data files that are weights. Problems: externalDataOutside, externalDataMissing, onnxTooLarge, fileMissing. */
async function readWeights(root: string, model: OnnxModel, { files, budget, onSize }: Reading): Promise<ReadData[]> {
  const needed = externalFiles(model, folderOf(model.fileName));
  const sizeOf = ({ ranges }: (typeof needed)[number]) => ranges.reduce((sum, { from, to }) => sum + to - from, 0);
  spend(
    budget,
    needed.reduce((sum, file) => sum + sizeOf(file), 0),
    model.fileName,
  );
  if (needed.length > 0) onSize?.(budget.spent);
  const result: ReadData[] = [];
  for (const file of needed) {
    const path = `${root}/${file.location}`;
    const size = await files.size(path);
    if (size === undefined || size < file.sizeInBytes) refuse('externalDataMissing', { file: model.fileName, location: file.location, size: file.sizeInBytes });
    result.push({ ...file, data: await files.readRanges(path, file.ranges) });
  }
  return result;
}

/** Problems: those of reading the file and its weights. */
export async function readPart(root: string, file: ModelFile, reading: Reading): Promise<ReadPart> {
  const { files, budget, hints } = reading;
  const stored = await files.readAll(`${root}/${file.path}`, (head) => refuseForeign(head, file.path));
  spend(budget, stored.length, file.path);
  const bytes = file.weights ? await withFreshWeights(stored, file.weights, file.path, files) : stored;
  const asWritten = readModel(bytes, { fileName: file.path });
  const digest = files.sha256(bytes);
  // A refusal below must not leave this promise without anyone to hear it.
  digest.catch(() => undefined);
  const weights = await readWeights(root, asWritten, reading);
  const placed = weights.length > 0 ? relocate(asWritten, folderOf(file.path), weights) : { bytes, external: new Map<string, Uint8Array>() };
  const model = weights.length > 0 ? readModel(placed.bytes, { fileName: file.path, outside: placed.external }) : asWritten;
  return { file, bytes: placed.bytes, model, facts: namedFacts(analyse(model, await hints), file.role), external: placed.external, digest };
}
