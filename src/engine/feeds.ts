// What one run of one file is fed, by the role of each input. Batch 1, no past; texts of a fixed longer shape are padded and masked.
// An input whose role is not certain is refused by name, never guessed.

import { refuse } from '../core/problem';
import type { Token } from '../core/token';
import type { GraphInput, InputRole } from '../onnx/site';
import { filled, integers, type RawTensor } from './rawTensor';

export interface FeedContext {
  /** Tokens of this file's own text (of the decoder's text for a decoder file). */
  readonly tokens: readonly Token[];
  /** Tokens of the decoder's text where one file holds both towers. */
  readonly decoderTokens?: readonly Token[];
  /** Number of tokens the encoder saw, with padding and without. */
  readonly encoderLength?: number;
  readonly encoderTokenCount?: number;
  readonly encoderStates?: RawTensor;
  /** By input name. */
  readonly states?: ReadonlyMap<string, RawTensor>;
  readonly padId: number;
  /** Positions of these tokens in the whole text start here (recurrent steps). */
  readonly position?: number;
}

export type Feeds = Record<string, RawTensor>;

/** The length of a text where the graph has it fixed: the last number among the dimensions of its token ids. */
export function fixedLength(inputs: readonly GraphInput[], role: InputRole): number | undefined {
  const dim = inputs.find((input) => input.role === role)?.dims.at(-1);
  return typeof dim === 'number' && dim > 0 ? dim : undefined;
}

function padded(values: readonly number[], length: number, filler: number): number[] {
  return Array.from({ length }, (_, i) => values[i] ?? filler);
}

/** The declared dimensions, one token list in a batch of 1; [n] where the graph has no batch axis. */
function listDims(input: GraphInput, length: number): number[] {
  return input.dims.length === 1 ? [length] : [1, length];
}

function pastDims(input: GraphInput, heads: number): number[] {
  return input.dims.map((dim, axis) => {
    if (typeof dim === 'number' && dim > 0) return dim;
    if (axis === 0 || /^batch(_size)?$/.test(String(dim))) return /x|\*/.test(String(dim)) ? heads : 1;
    return 0;
  });
}

const carriesText = new Set<InputRole>(['tokenIds', 'decoderTokenIds', 'encoderStates', 'recurrentState']);

/** Problems: inputUnknown, also where no input takes the text itself. Lengths are those of padded texts. */
export function feedsFor(inputs: readonly GraphInput[], context: FeedContext): Feeds {
  const [first] = inputs;
  if (first && !inputs.some((input) => carriesText.has(input.role))) refuse('inputUnknown', { input: first.name });
  const feeds: Feeds = {};
  for (const input of inputs) {
    feeds[input.name] = feedOf(input, inputs, context) ?? refuse('inputUnknown', { input: input.name });
  }
  return feeds;
}

/** Problem: batchFixed. */
function refuseBatch({ dims: [batch, ...others] }: GraphInput): void {
  if (others.length === 1 && typeof batch === 'number' && batch > 1) refuse('batchFixed', { count: batch });
}

function feedOf(input: GraphInput, inputs: readonly GraphInput[], context: FeedContext): RawTensor | undefined {
  const ownLength = fixedLength(inputs, 'tokenIds') ?? context.tokens.length;
  const decoderTokens = context.decoderTokens ?? context.tokens;
  const decoderLength = fixedLength(inputs, 'decoderTokenIds') ?? decoderTokens.length;
  const hasOwnIds = inputs.some((one) => one.role === 'tokenIds');
  const length = hasOwnIds ? ownLength : decoderLength;
  const list = (values: readonly number[], size: number, filler: number) => integers(input.elementType, listDims(input, size), padded(values, size, filler));
  const ids = (tokens: readonly Token[], size: number) =>
    list(
      tokens.map((token) => token.id),
      size,
      context.padId,
    );
  const ones = (size: number, known: number) => (input.dims.length <= 2 ? maskOf(input, size, known) : undefined);
  switch (input.role) {
    case 'tokenIds':
      refuseBatch(input);
      return ids(context.tokens, ownLength);
    case 'decoderTokenIds':
      return ids(decoderTokens, decoderLength);
    case 'attentionMask':
      return ones(length, hasOwnIds ? context.tokens.length : decoderTokens.length);
    case 'encoderAttentionMask':
      return ones(context.encoderLength ?? ownLength, context.encoderTokenCount ?? context.tokens.length);
    case 'tokenTypeIds':
      return list(
        context.tokens.map((token) => token.typeId),
        ownLength,
        0,
      );
    case 'positionIds':
    case 'cachePosition':
      return list(
        Array.from({ length }, (_, i) => i + (context.position ?? 0)),
        length,
        0,
      );
    case 'pastKeyValue':
      return filled(input.elementType, pastDims(input, 1), 0);
    case 'useCacheBranch':
      return filled(
        input.elementType,
        input.dims.map(() => 1),
        0,
      );
    case 'logitsToKeep':
      return filled(
        input.elementType,
        input.dims.map(() => 1),
        0,
      );
    case 'encoderStates':
      return context.encoderStates;
    case 'recurrentState':
      return context.states?.get(input.name);
    case 'unknown':
      return undefined;
  }
}

function maskOf(input: GraphInput, size: number, known: number): RawTensor | undefined {
  const mask = filled(input.elementType, listDims(input, size), 1);
  if (mask) for (let i = known; i < size; i++) (mask.data as { [index: number]: number | bigint })[i] = typeof mask.data[0] === 'bigint' ? 0n : 0;
  return mask;
}
