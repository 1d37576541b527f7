// The files that a text is run through: those that the names told, or another of the folder where the only one wants an image or a sound as
// well. What the files take decides, not what they are called.

import { outcomeOf, refuse } from '../core/problem';
import type { RunNote } from '../core/token';
import type { GraphInput } from '../onnx/site';
import type { ModelFile, ModelSource } from '../protocol/modelSource';
import type { ModelFiles } from './modelFiles';
import { type ReadPart, readBudget, readPart } from './readPart';

export interface ReadParts {
  readonly source: ModelSource;
  readonly contents: readonly ReadPart[];
  readonly notes: readonly RunNote[];
}

const floats = new Set([1, 10, 11, 16]);

/** An input whose numbers no text gives: pixels, waves, rows of features. */
const isForeign = ({ role, elementType, dims }: GraphInput) => role === 'unknown' && (floats.has(elementType) || dims.length > 3);
const foreignInput = (part: ReadPart | undefined) => part?.facts.inputs.find(isForeign);
const takesTokens = (part: ReadPart) => part.facts.inputs.some((input) => input.role === 'tokenIds' || input.role === 'decoderTokenIds');
/** Tokens in, rows of numbers out, and nothing in between that reads other rows. */
const isTable = ({ facts: { inputs, sites, outputs } }: ReadPart) =>
  sites.length === 0 && inputs.length === 1 && outputs.length === 1 && outputs[0]?.dims.length === 3;

/** Of the alternatives, the first that a text alone can be run through, and the first that only looks up rows. */
async function tried(source: ModelSource, files: ModelFiles): Promise<{ readonly text?: ReadPart; readonly table?: ModelFile }> {
  let table: ModelFile | undefined;
  for (const file of source.alternatives ?? []) {
    const outcome = await outcomeOf(() => readPart(source.root, file, files, readBudget()));
    if (!outcome.ok) continue;
    const part = outcome.value;
    if (part.facts.sites.length > 0 && takesTokens(part) && !foreignInput(part)) return { text: part };
    if (isTable(part)) table ??= file;
  }
  return table ? { table } : {};
}

/** Problems: those of reading the files; embeddingsApart. */
export async function readParts(source: ModelSource, files: ModelFiles): Promise<ReadParts> {
  const budget = readBudget();
  const contents = await Promise.all(source.files.map((file) => readPart(source.root, file, files, budget)));
  const [only, ...others] = contents;
  const foreign = foreignInput(only);
  if (!only || !foreign || others.length > 0) return { source, contents, notes: [] };
  const { text, table } = await tried(source, files);
  if (table && !takesTokens(only)) refuse('embeddingsApart', { file: only.file.path, input: foreign.name, other: table.path });
  if (!text) return { source, contents, notes: [] };
  const note = `${text.file.path} was taken, as ${only.file.path} also takes ${foreign.name}, which a text does not give`;
  return { source: { ...source, files: [text.file] }, contents: [text], notes: [{ text: note, isWarning: false }] };
}
