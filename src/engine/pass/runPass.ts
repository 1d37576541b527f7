// One pass over all files of a model: encoder, then decoder, whole or token by token. Moves tensors between files; keeps none.

import { refuse } from '../../core/problem';
import type { Token } from '../../core/token';
import type { InputRole } from '../../onnx/facts/inputs';
import type { ModelFileRole } from '../../protocol/modelSource';
import { type FeedContext, type Feeds, feedsFor, fixedLength } from '../session/feeds';
import type { ModelPart } from '../session/modelPart';
import type { RawTensor } from '../tensors/rawTensor';
import { carriedIn, carriedOn, carriedOver } from './carry';

export interface RunInput {
  readonly source: readonly Token[];
  /** Tokens of the decoder's text; without it only the encoder runs. */
  readonly target?: readonly Token[];
  readonly padId: number;
  readonly given?: FeedContext['given'];
  readonly instead?: FeedContext['instead'];
  /** One token of the decoder at a time, with the keys and values of the earlier ones. */
  readonly isStepwise?: boolean;
  /** What the encoder gave for this source, where it is kept: then its file is not run again. */
  readonly encoder?: EncoderStates;
}

/** The encoder's outputs that the decoder's file is fed, kept from pass to pass over the same source. */
export interface EncoderStates {
  /** By output; undefined: it has to run. */
  readonly states: ReadonlyMap<string, RawTensor> | undefined;
  keep(states: ReadonlyMap<string, RawTensor>): void;
}

const steppedRoles: ReadonlySet<InputRole> = new Set(['recurrentState', 'pastKeyValue'] as const);

/** Runs one file; gives at least the outputs named. */
export type FileRun = (part: number, feeds: Feeds, outputs: readonly string[], step: number) => Promise<ReadonlyMap<string, RawTensor>>;

const isDecoder = (role: ModelFileRole) => role === 'decoder' || role === 'decoderStep';

/** Whether the model has a decoder with a text of its own: two texts come in. */
export function takesTarget(parts: readonly ModelPart[]): boolean {
  return parts.some((part) => (isDecoder(part.content.file.role) && parts.length > 1) || part.facts.inputs.some((input) => input.role === 'decoderTokenIds'));
}

/** Whether there is something to see without a target: the encoder can run alone, and has attention of its own. */
export function canRunWithoutTarget(parts: readonly ModelPart[]): boolean {
  const isJoined = parts.some((part) => part.facts.inputs.some((input) => input.role === 'decoderTokenIds'));
  return !isJoined && parts.some((part) => !isDecoder(part.content.file.role) && part.facts.sites.length > 0);
}

/** Parts that a text runs: without a target only the encoder. */
export function partsFor(parts: readonly ModelPart[], target: readonly Token[] | undefined): readonly ModelPart[] {
  return parts.length > 1 && !target ? parts.slice(0, 1) : parts;
}

/** Feeds the parts in order and hands each file run to `run`. */
export async function runPass(parts: readonly ModelPart[], input: RunInput, run: FileRun): Promise<void> {
  const [first, second] = parts as readonly [ModelPart, ModelPart?];
  const { source, target, padId } = input;
  const own = { padId, ...(input.given && { given: input.given }), ...(input.instead && { instead: input.instead }) };
  const texts = second ? { tokens: source } : { tokens: source, decoderTokens: target };
  if (!second && input.isStepwise) return runSteps(first, 0, source, own, run);
  const carries = second && target ? carriedOver(first, second) : [];
  const known = input.encoder?.states;
  const outputs = known ?? (await run(0, feedsFor(first.facts.inputs, { ...texts, ...own }), [...new Set(carries.map(({ output }) => output))], 0));
  if (!second || !target) return;
  input.encoder?.keep(new Map(carries.map(({ output }) => [output, outputs.get(output) as RawTensor])));
  const encoderLength = fixedLength(first.facts.inputs, 'tokenIds') ?? source.length;
  const context = { carried: carriedIn(carries, outputs), encoderLength, encoderTokenCount: source.length, ...own };
  if (second.content.file.role === 'decoderStep' || input.isStepwise) await runSteps(second, 1, target, context, run);
  else await run(1, feedsFor(second.facts.inputs, { ...context, tokens: target }), [], 0);
}

/** A file once per token. What a step gives is fed to the next one; the rest of `context.carried`, from the encoder, to all. Problem inputUnknown. */
async function runSteps(part: ModelPart, index: number, tokens: readonly Token[], context: Omit<FeedContext, 'tokens'>, run: FileRun): Promise<void> {
  const { inputs } = part.facts;
  const carries =
    carriedOn(part) ??
    refuse('inputUnknown', {
      input: inputs.find(({ role }) => steppedRoles.has(role))?.name ?? '',
      reason: 'no output of the file gives what the next step is fed',
    });
  let { carried = new Map<string, RawTensor>() } = context;
  for (const [step, token] of tokens.entries()) {
    const feeds = feedsFor(inputs, { ...context, tokens: [token], carried, position: step });
    const results = await run(
      index,
      feeds,
      carries.map(({ output }) => output),
      step,
    );
    carried = new Map([...carried, ...carriedIn(carries, results)]);
  }
}
