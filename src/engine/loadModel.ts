// Reads a model's files and tokenizer and finds out what the model is. Everything that can wait for a text waits.

import { ProblemError, refuse } from '../core/problem';
import { analyse } from '../onnx/analyse';
import { externalFiles } from '../onnx/externalFiles';
import { readModel, refuseForeign } from '../onnx/readModel';
import type { GraphFacts } from '../onnx/site';
import type { LoadParams } from '../protocol/engineApi';
import type { ModelFile, ModelSource } from '../protocol/modelSource';
import { createTokenizer, type Tokenizer } from '../tokenizer/createTokenizer';
import type { TokenizerModule } from '../tokenizer/webAssembly';
import { captureTable } from './captureTable';
import { describeModel } from './describeModel';
import type { LoadedModelState } from './loadedModel';
import type { ModelFiles } from './modelFiles';
import { sizesFrom, specialId, tokenLimitOf } from './modelLimits';
import { ModelPart } from './modelPart';
import { refuseWithoutAttention } from './noAttention';
import type { PartContent } from './partContent';
import { withCausality } from './perturbation';
import { canRunWithoutTarget, takesTarget } from './runPass';
import { namedFacts } from './towerNames';

export interface Platform {
  readonly files: ModelFiles;
  readonly tokenizerModule: () => Promise<TokenizerModule>;
  /** Sets the runtime up with this many threads (0: cores available) and begins to compile it; only the first call counts. */
  readonly startRuntime: (threads: number) => void;
}

const folderOf = (path: string) => (path.includes('/') ? path.slice(0, path.lastIndexOf('/') + 1) : '');

/** Contents of the external data files, whose locations `externalFiles` found to be inside the folder of the ONNX file. */
async function readExternal(root: string, file: ModelFile, needed: ReturnType<typeof externalFiles>, files: ModelFiles): Promise<Map<string, Uint8Array>> {
  const result = new Map<string, Uint8Array>();
  for (const { location, sizeInBytes } of needed) {
    const path = `${root}/${folderOf(file.path)}${location}`;
    const size = await files.size(path);
    if (size === undefined || size < sizeInBytes) refuse('externalDataMissing', { file: file.path, location, size: sizeInBytes });
    result.set(location, await files.readAll(path));
  }
  return result;
}

async function readPart(root: string, file: ModelFile, files: ModelFiles): Promise<PartContent & { readonly digest: Promise<string> }> {
  const path = `${root}/${file.path}`;
  const bytes = await files.readAll(path, (head) => refuseForeign(head, file.path));
  const model = readModel(bytes, { fileName: file.path });
  const digest = files.sha256(bytes);
  // A refusal below must not leave this promise without anyone to hear it.
  digest.catch(() => undefined);
  const external = await readExternal(root, file, externalFiles(model), files);
  for (const [location, data] of external) model.outside.set(location, data);
  return { file, bytes, model, facts: namedFacts(analyse(model), file.role), external, digest };
}

async function readTokenizer(source: ModelSource, platform: Platform): Promise<Tokenizer> {
  const { tokenizer, otherTokenizerFiles, root } = source;
  if (tokenizer === undefined && otherTokenizerFiles) return refuse('tokenizerOtherForm', { path: root, found: otherTokenizerFiles.slice(0, 3).join(' and ') });
  if (tokenizer === undefined) return refuse('tokenizerMissing', { path: root });
  const [module, bytes] = await Promise.all([platform.tokenizerModule(), platform.files.readAll(`${root}/${tokenizer}`)]);
  return createTokenizer(module, bytes);
}

/** A decoder whose cross-attention reads what another file makes. */
function refuseWithoutEncoder([only, ...others]: readonly PartContent[]): void {
  if (only && others.length === 0 && only.facts.inputs.some((input) => input.role === 'encoderStates')) refuse('encoderMissing', { file: only.file.path });
}

/** A step file takes one token at a time, as many as there are. */
function targetLimitOf(source: ModelSource, facts: readonly GraphFacts[]): number | undefined {
  const [, decoder] = facts;
  return decoder && source.files[1]?.role !== 'decoderStep' ? tokenLimitOf(decoder, source)?.count : undefined;
}

/** Problems: those of the files, of the analysis and of the tokenizer. */
export async function loadModel(modelId: number, params: LoadParams, platform: Platform): Promise<LoadedModelState> {
  const { source } = params;
  platform.startRuntime(params.threads);
  const tokenizing = readTokenizer(source, platform).catch((error: unknown) => {
    if (error instanceof ProblemError) return error.problem;
    throw error;
  });
  const contents = await Promise.all(source.files.map((file) => readPart(source.root, file, platform.files)));
  refuseWithoutAttention(contents);
  refuseWithoutEncoder(contents);
  const tokenizer = await tokenizing;
  if ('code' in tokenizer && !params.tokenizerOptional) throw new ProblemError(tokenizer);
  const padId = specialId(source, 'pad_token_id') ?? 0;
  const parts = await withCausality(
    contents.map((content) => new ModelPart(content)),
    padId,
  );
  const facts = parts.map((part) => part.facts);
  const [first = refuse('noOnnxFile', { path: source.root })] = facts;
  const limit = tokenLimitOf(first, source);
  const hasTarget = takesTarget(parts);
  const sizeInBytes = contents.reduce(
    (sum, { bytes, external }) => sum + bytes.length + [...external.values()].reduce((total, data) => total + data.length, 0),
    0,
  );
  const digests = await Promise.all(contents.map((content) => content.digest));
  return {
    modelId,
    source,
    parts,
    tokenizer,
    table: captureTable(facts),
    description: describeModel({ source, facts, digests, sizeInBytes, limit, needsTarget: hasTarget }),
    rules: {
      limit: limit?.count ?? null,
      targetLimit: targetLimitOf(source, facts) ?? limit?.count ?? null,
      vocabularySize: first.vocabularySize ?? null,
      decoderStart: hasTarget ? (specialId(source, 'decoder_start_token_id') ?? specialId(source, 'bos_token_id') ?? padId) : undefined,
      needsTarget: hasTarget && !canRunWithoutTarget(parts),
      endOfText: specialId(source, 'eos_token_id'),
    },
    padId,
    sizes: sizesFrom(source, first.vocabularySize),
  };
}

/** The tokenizer, or the Problem that came in its place. */
export function getTokenizer(model: LoadedModelState): Tokenizer {
  const { tokenizer } = model;
  if ('code' in tokenizer) throw new ProblemError(tokenizer);
  return tokenizer;
}
