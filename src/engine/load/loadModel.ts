// Reads a model's files and tokenizer and finds out what the model is. Everything that can wait for a text waits.

import type { EngineUsed, EngineWish } from '../../core/engineName';
import { type Problem, ProblemError, refuse } from '../../core/problem';
import type { Stage } from '../../core/progress';
import type { GraphFacts } from '../../onnx/facts/graphFacts';
import { throwIfAborted } from '../../protocol/abort';
import type { LoadParams, Watching } from '../../protocol/engineApi';
import type { ModelSource } from '../../protocol/modelSource';
import { createTokenizer, type Tokenizer } from '../../tokenizer/createTokenizer';
import type { TokenizerModule } from '../../tokenizer/webAssembly';
import { emptyRows } from '../inputs/emptyRows';
import type { PositionHints } from '../inputs/firstPosition';
import { settleInputs } from '../inputs/settleInputs';
import { captureTable } from '../model/captureTable';
import type { LoadedModelState } from '../model/loadedModel';
import { canRunWithoutTarget, takesTarget } from '../pass/runPass';
import { ModelPart } from '../session/modelPart';
import type { PartContent } from '../session/partContent';
import type { Runtime } from '../session/runtime';
import { sizesFrom, specialId, tokenLimitOf } from '../text/modelLimits';
import { specialIds } from '../text/specialIds';
import { tryLoaded } from '../trial/tryLoaded';
import { describeModel } from './describeModel';
import type { ModelFiles } from './modelFiles';
import { refuseWithoutAttention } from './noAttention';
import { readParts } from './readParts';

export interface Platform {
  readonly files: ModelFiles;
  readonly tokenizerModule: () => Promise<TokenizerModule>;
  /** The runtime that is wished for, or WebAssembly and why, begins to compile it. */
  readonly runtimeFor: (wish: EngineWish | undefined, cores: Pick<LoadParams, 'threads' | 'sparedCores'>) => Promise<RuntimeFound>;
}

export interface RuntimeFound {
  readonly runtime: Runtime;
  /** Why the native runtime is not taken, where it was wished. */
  readonly whyNotNative?: string;
}

/** Where one model is loaded: its runtime is being found meanwhile. */
export interface LoadingPlace extends Omit<Platform, 'runtimeFor'> {
  readonly runtime: Promise<RuntimeFound>;
}

async function readTokenizer(source: ModelSource, platform: LoadingPlace): Promise<Tokenizer> {
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

/** Problems: those of the files, of the analysis and of the tokenizer. Throws an AbortError between two stages when the signal fires. */
export async function loadModel(modelId: number, params: LoadParams, platform: LoadingPlace, watching?: Watching): Promise<LoadedModelState> {
  let sizeInBytes = params.source.files.reduce((sum, file) => sum + file.sizeInBytes, 0);
  const tell = (stage: Stage) => watching?.progress?.({ stage, sizeInBytes });
  const begin = (stage: Stage) => {
    if (watching) throwIfAborted(watching.signal);
    tell(stage);
  };
  // Weights in files of their own count as soon as the graph has named them.
  const onSize = (known: number) => {
    sizeInBytes = Math.max(sizeInBytes, known);
    tell('reading');
  };
  begin('reading');
  // A refusal of the files must not leave this promise without anyone to hear it.
  platform.runtime.catch(() => undefined);
  const tokenizing = readTokenizer(params.source, platform).catch((error: unknown) => {
    if (error instanceof ProblemError) return error.problem;
    throw error;
  });
  const hints = tokenizing.then((tokenizer) => ('code' in tokenizer ? {} : { tokenCount: tokenizer.vocabularySize }));
  // A refusal of the files must not leave this promise without anyone to hear it.
  hints.catch(() => undefined);
  const { source, contents, notes } = await readParts(params.source, platform.files, hints, onSize);
  if (!params.attentionOptional) refuseWithoutAttention(contents);
  refuseWithoutEncoder(contents);
  const tokenizer = await tokenizing;
  if ('code' in tokenizer && !params.tokenizerOptional) throw new ProblemError(tokenizer);
  const padId = specialId(source, 'pad_token_id') ?? paddingOf(tokenizer) ?? 0;
  const { runtime, whyNotNative } = await platform.runtime;
  const parts = contents.map((content) => new ModelPart(content, runtime));
  const config = { pad_token_id: padId, ...source.config };
  for (const part of parts) part.learn({ ...part.facts, inputs: settleInputs(part.facts.inputs, hintsFor(part, config)) });
  refuseUnknownNames(parts, params.inputs);
  begin('trying');
  const refusal = await tryLoaded(parts, {
    padId,
    special: specialIds(tokenizer),
    given: params.inputs,
    vocabularySize: parts[0]?.facts.vocabularySize,
  });
  const facts = parts.map((part) => part.facts);
  const [first = refuse('noOnnxFile', { path: source.root })] = facts;
  const limit = tokenLimitOf(first, source);
  const hasTarget = takesTarget(parts);
  sizeInBytes = contents.reduce((sum, { bytes, external }) => sum + bytes.length + [...external.values()].reduce((total, data) => total + data.length, 0), 0);
  const digests = await Promise.all(contents.map((content) => content.digest));
  return {
    modelId,
    source,
    parts,
    tokenizer,
    table: captureTable(facts),
    description: describeModel({
      source,
      facts,
      digests,
      sizeInBytes,
      limit,
      needsTarget: hasTarget,
      given: params.inputs,
      refusal,
      notes,
      engine: engineUsed(runtime, whyNotNative),
    }),
    rules: {
      limit: limit?.count ?? null,
      targetLimit: targetLimitOf(source, facts) ?? limit?.count ?? null,
      vocabularySize: first.vocabularySize ?? null,
      decoderStart: hasTarget ? (specialId(source, 'decoder_start_token_id') ?? specialId(source, 'bos_token_id') ?? padId) : undefined,
      needsTarget: hasTarget && !canRunWithoutTarget(parts),
      endOfText: specialId(source, 'eos_token_id'),
    },
    padId,
    ...(params.inputs && { given: params.inputs }),
    ...(refusal && { refusal }),
    notes,
    sizes: sizesFrom(source, first.vocabularySize),
    words: new Map(),
  };
}

const engineUsed = ({ name, version }: Runtime, whyNotNative: string | undefined): EngineUsed => ({
  name,
  version,
  ...(whyNotNative !== undefined && { whyNotNative }),
});

function hintsFor({ content, facts }: ModelPart, config: ModelSource['config']): PositionHints {
  const ownTable = facts.positions?.table;
  return { config, emptyRows: (table) => emptyRows(content, table), ...(ownTable !== undefined && { ownTable }) };
}

const paddingName = /^[[<]\|?pad\|?[\]>]$/i;

/** The id of the tokenizer's padding token; undefined where it has none. */
function paddingOf(tokenizer: Tokenizer | Problem): number | undefined {
  return 'code' in tokenizer ? undefined : tokenizer.addedTokens.find((token) => paddingName.test(token.text))?.id;
}

/** Problem inputMissing: a value is given for an input that no file has. */
function refuseUnknownNames(parts: readonly ModelPart[], given: LoadParams['inputs'] = {}): void {
  const names = parts.flatMap((part) => part.facts.inputs.map((input) => input.name));
  const missing = Object.keys(given).find((name) => !names.includes(name));
  if (missing !== undefined) refuse('inputMissing', { input: missing, inputs: [...new Set(names)].join(', ') });
}

/** The tokenizer, or the Problem that came in its place. */
export function getTokenizer(model: LoadedModelState): Tokenizer {
  const { tokenizer } = model;
  if ('code' in tokenizer) throw new ProblemError(tokenizer);
  return tokenizer;
}
