// The files that a text is run through: those that the names told, or another of the folder where the only one wants an image or a sound as
// well. What the files take decides, not what they are called.

import { outcomeOf, refuse } from '../../core/problem';
import type { RunNote } from '../../core/token';
import { type AnalysisHints, analyse } from '../../onnx/analyse';
import type { GraphInput } from '../../onnx/facts/inputs';
import { floatTypes } from '../../onnx/file/elementTypes';
import { readModel } from '../../onnx/file/readModel';
import { feedingOf, joinTable } from '../../onnx/instrument/joinTable';
import type { ModelSource } from '../../protocol/modelSource';
import { namedFacts } from '../model/towerNames';
import type { ModelFiles } from './modelFiles';
import { type ReadPart, readBudget, readPart } from './readPart';

export interface ReadParts {
  readonly source: ModelSource;
  readonly contents: readonly ReadPart[];
  readonly notes: readonly RunNote[];
}

/** An input whose numbers no text gives: pixels, waves, rows of features. */
const isForeign = ({ role, elementType, dims }: GraphInput) => role === 'unknown' && (floatTypes.has(elementType) || dims.length > 3);
const foreignInput = (part: ReadPart | undefined) => part?.facts.inputs.find(isForeign);
const takesTokens = (part: ReadPart) => part.facts.inputs.some((input) => input.role === 'tokenIds' || input.role === 'decoderTokenIds');
/** Tokens in, rows of numbers out, and nothing in between that reads other rows. */
const isTable = ({ facts: { inputs, sites, outputs } }: ReadPart) =>
  sites.length === 0 && inputs.length === 1 && outputs.length === 1 && outputs[0]?.dims.length === 3;

/** Of the alternatives, the first that a text alone can be run through, and the first that only looks up rows. */
async function tried(source: ModelSource, files: ModelFiles, hints: Promise<AnalysisHints>): Promise<{ readonly text?: ReadPart; readonly table?: ReadPart }> {
  let table: ReadPart | undefined;
  for (const file of source.alternatives ?? []) {
    const outcome = await outcomeOf(() => readPart(source.root, file, { files, budget: readBudget(), hints }));
    if (!outcome.ok) continue;
    const part = outcome.value;
    if (part.facts.sites.length > 0 && takesTokens(part) && !foreignInput(part)) return { text: part };
    if (isTable(part)) table ??= part;
  }
  return table ? { table } : {};
}

/** Whether each token gets predictions of its own: then the file is a language model, and what else its folder sees does not matter. */
const predictsTokens = ({ facts: { outputs } }: ReadPart) => outputs.some((output) => output.role === 'logits' && output.dims.length === 3);
const isSeeing = ({ config }: ModelSource) => ['vision_config', 'audio_config'].some((key) => typeof config[key] === 'object');

/** The text half of a model of two: an encoder, also where it is causal, and what it gives at the end predicts nothing. */
function asEncoder(part: ReadPart): ReadPart {
  return { ...part, file: { ...part.file, role: 'encoder' }, facts: namedFacts(part.facts, 'encoder') };
}

/** A model on rows, with the file that makes them put in front of it. Problems: embeddingsApart, onnxTooLarge. */
function onTokens(only: ReadPart, table: ReadPart, hints: AnalysisHints): ReadPart {
  const inputs = only.facts.inputs.filter(isForeign).map((input) => input.name);
  const feeding = feedingOf(only.model, inputs, table.model);
  if (!feeding) return refuse('embeddingsApart', { file: only.file.path, input: inputs.join(', '), other: table.file.path });
  const bytes = joinTable(only.model, table.model, feeding);
  const digest = Promise.all([only.digest, table.digest]).then((both) => both.join(' '));
  digest.catch(() => undefined);
  const external = new Map([...only.external, ...table.external]);
  const model = readModel(bytes, { fileName: only.file.path, outside: external });
  return { file: only.file, bytes, model, facts: namedFacts(analyse(model, hints), only.file.role), external, digest };
}

/** Problems: those of reading the files; embeddingsApart. */
export async function readParts(
  source: ModelSource,
  files: ModelFiles,
  hints: Promise<AnalysisHints>,
  onSize?: (sizeInBytes: number) => void,
): Promise<ReadParts> {
  const budget = readBudget();
  const contents = await Promise.all(source.files.map((file) => readPart(source.root, file, { files, budget, hints, onSize })));
  const [only, ...others] = contents;
  if (!only || others.length > 0 || only.file.role !== 'model') return { source, contents, notes: [] };
  const foreign = foreignInput(only);
  const { text, table } = foreign ? await tried(source, files, hints) : {};
  if (foreign && table && !text && !takesTokens(only)) {
    const note = { text: `${table.file.path} makes the ${foreign.name} that ${only.file.path} takes in the place of tokens`, isWarning: false };
    return { source: { ...source, files: [only.file, { ...table.file, role: 'embeddings' }] }, contents: [onTokens(only, table, await hints)], notes: [note] };
  }
  const taken = text ?? only;
  const isHalf = (text !== undefined || (!foreign && isSeeing(source))) && !predictsTokens(taken);
  const part = isHalf ? asEncoder(taken) : taken;
  const why = foreign && text && `${text.file.path} was taken, as ${only.file.path} also takes ${foreign.name}, which a text does not give`;
  return { source: { ...source, files: [part.file] }, contents: [part], notes: why ? [{ text: why, isWarning: false }] : [] };
}
