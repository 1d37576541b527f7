// What one run of one file is fed, by the role of each input and what was found of it. Batch 1, no past but that of a step; texts of a fixed
// longer shape are padded and masked. An input whose role is not certain is refused by name, never guessed; what the user gives is fed as given.

import { refuse } from '../../core/problem';
import type { Token } from '../../core/token';
import type { GraphInput, InputRole } from '../../onnx/facts/inputs';
import type { GivenInputs } from '../../protocol/givenInputs';
import { fitsType, numbersIn, type RawTensor } from '../tensors/rawTensor';

export interface FeedContext {
  /** Tokens of this file's own text (of the decoder's text for a decoder file). */
  readonly tokens: readonly Token[];
  /** Tokens of the decoder's text where one file holds both towers. */
  readonly decoderTokens?: readonly Token[];
  /** Number of tokens the encoder saw, with padding and without. */
  readonly encoderLength?: number;
  readonly encoderTokenCount?: number;
  /** What other files, or this one a step before, gave for inputs, by input name. */
  readonly carried?: ReadonlyMap<string, RawTensor>;
  readonly padId: number;
  /** Of a step: how many tokens of the text came before these. */
  readonly position?: number;
  readonly given?: GivenInputs;
  /** Numbers that a trial puts in the place of those that an input would get. */
  readonly instead?: ReadonlyMap<string, readonly number[]>;
}

export type Feeds = Record<string, RawTensor>;

/** Whether the tokens stand in the first of two axes, for one text in the second: a step of one token has a past or a state beside it. */
function isTokensFirst(dims: GraphInput['dims'], inputs: readonly GraphInput[]): boolean {
  const isStep = inputs.some(({ role }) => role === 'pastKeyValue' || role === 'recurrentState' || role === 'encoderStates');
  return dims.length === 2 && dims[1] === 1 && dims[0] !== 1 && !isStep;
}

/** The length of a text where the graph has it fixed: the last number among the dimensions of its token ids. */
export function fixedLength(inputs: readonly GraphInput[], role: InputRole): number | undefined {
  const dims = inputs.find((input) => input.role === role)?.dims ?? [];
  const dim = isTokensFirst(dims, inputs) ? dims[0] : dims.at(-1);
  return typeof dim === 'number' && dim > 0 ? dim : undefined;
}

/** The declared axes, one token list in a batch of 1; [n] where the graph has no batch axis. */
function listDims(input: GraphInput, inputs: readonly GraphInput[], length: number): number[] {
  if (isTokensFirst(input.dims, inputs)) return [length, 1];
  return [...Array.from({ length: Math.max(0, input.dims.length - 1) }, () => 1), length];
}

/** Fixed dimensions as they are; a batch of 1; every other axis as long as the text. */
function openDims(input: GraphInput, length: number): number[] {
  return input.dims.map((dim, axis) => (typeof dim === 'number' && dim > 0 ? dim : axis === 0 ? 1 : length));
}

function pastDims(input: GraphInput, heads: number): number[] {
  return input.dims.map((dim, axis) => {
    if (typeof dim === 'number' && dim > 0) return dim;
    if (axis === 0 || /^batch(_size)?$/.test(String(dim))) return /x|\*/.test(String(dim)) ? heads : 1;
    return 0;
  });
}

const carriesText = new Set<InputRole>(['tokenIds', 'decoderTokenIds', 'encoderStates', 'recurrentState']);

/** Problems: inputUnknown, also where no input takes the text itself; inputMisfit. Lengths are those of padded texts. */
export function feedsFor(inputs: readonly GraphInput[], context: FeedContext): Feeds {
  const [first] = inputs;
  if (first && !inputs.some((input) => carriesText.has(input.role)))
    refuse('inputUnknown', { input: first.name, reason: first.role === 'unknown' ? first.why : 'no input of the file takes the text itself' });
  const feeds: Feeds = {};
  for (const input of inputs) {
    const feed = givenFeed(input, inputs, context) ?? feedOf(input, inputs, context);
    feeds[input.name] = feed ?? refuse('inputUnknown', { input: input.name, reason: input.why });
  }
  return feeds;
}

const product = (dims: readonly number[]) => dims.reduce((size, dim) => size * dim, 1);

function givenFeed(input: GraphInput, inputs: readonly GraphInput[], context: FeedContext): RawTensor | undefined {
  const given = context.given && Object.hasOwn(context.given, input.name) ? context.given[input.name] : undefined;
  if (!given) return undefined;
  const dims = given.dims ?? openDims(input, lengthsOf(inputs, context).own);
  const values = given.dims ? given.values : Array.from({ length: product(dims) }, () => given.values[0] ?? 0);
  const isFit = dims.length === input.dims.length && dims.every((dim, axis) => typeof input.dims[axis] !== 'number' || input.dims[axis] === dim);
  if (!isFit || product(dims) !== values.length)
    refuse('inputMisfit', { input: input.name, given: `[${dims.join(', ')}]`, wanted: `[${input.dims.map((dim) => dim ?? '?').join(', ')}]` });
  const misfit = values.find((value) => !fitsType(input.elementType, value));
  if (misfit !== undefined) refuse('inputNoSuchNumber', { input: input.name, value: String(misfit) });
  return numbersIn(input.elementType, dims, values);
}

/** Problem: batchFixed. */
function refuseBatch({ dims }: GraphInput): void {
  const batch = dims.slice(0, -1).find((dim) => typeof dim === 'number' && dim > 1);
  if (typeof batch === 'number') refuse('batchFixed', { count: batch });
}

interface Lengths {
  readonly ids: number;
  readonly decoder: number;
  /** Of the file's own text. */
  readonly own: number;
  /** The same without padding. */
  readonly known: number;
  /** Tokens of earlier steps, which a mask counts, too. */
  readonly past: number;
}

function lengthsOf(inputs: readonly GraphInput[], { tokens, decoderTokens = tokens, carried, position = 0 }: FeedContext): Lengths {
  const ids = fixedLength(inputs, 'tokenIds') ?? tokens.length;
  const decoder = fixedLength(inputs, 'decoderTokenIds') ?? decoderTokens.length;
  const hasOwn = inputs.some((one) => one.role === 'tokenIds');
  const past = inputs.some(({ role, name }) => role === 'pastKeyValue' && carried?.has(name)) ? position : 0;
  return { ids, decoder, own: hasOwn ? ids : decoder, known: hasOwn ? tokens.length : decoderTokens.length, past };
}

const padded = (values: readonly number[], length: number, filler: number) => Array.from({ length }, (_, i) => values[i] ?? filler);

/** The numbers of an input that has one for each token, in order; undefined for other inputs. */
function listOf(input: GraphInput, inputs: readonly GraphInput[], context: FeedContext): number[] | undefined {
  const { ids, decoder, own, known, past } = lengthsOf(inputs, context);
  const { read = 1, hidden = 0, first = 0 } = input.fill ?? {};
  const marks = (length: number, count: number) => Array.from({ length }, (_, i) => (i < count ? read : hidden));
  switch (input.role) {
    case 'tokenIds':
      return padded(
        context.tokens.map((token) => token.id),
        ids,
        context.padId,
      );
    case 'decoderTokenIds':
      return padded(
        (context.decoderTokens ?? context.tokens).map((token) => token.id),
        decoder,
        context.padId,
      );
    case 'attentionMask':
      return marks(past + own, past + known);
    case 'decoderAttentionMask':
      return marks(decoder, (context.decoderTokens ?? context.tokens).length);
    case 'encoderAttentionMask':
      return marks(context.encoderLength ?? ids, context.encoderTokenCount ?? context.tokens.length);
    case 'textLength':
      return [past + known];
    case 'tokenTypeIds':
      return padded(
        context.tokens.map((token) => token.typeId),
        ids,
        0,
      );
    case 'taskTypeIds':
      return padded([], ids, 0);
    case 'positionIds':
    case 'cachePosition':
      return Array.from({ length: own }, (_, i) => first + i + (context.position ?? 0));
    default:
      return undefined;
  }
}

function feedOf(input: GraphInput, inputs: readonly GraphInput[], context: FeedContext): RawTensor | undefined {
  if (input.role === 'tokenIds' && !isTokensFirst(input.dims, inputs)) refuseBatch(input);
  const numbers = context.instead?.get(input.name) ?? listOf(input, inputs, context);
  if (numbers) return numbersIn(input.elementType, listDims(input, inputs, numbers.length), numbers);
  const zeros = (dims: readonly number[]) => numbersIn(input.elementType, dims, []);
  switch (input.role) {
    case 'pastKeyValue':
      return context.carried?.get(input.name) ?? zeros(pastDims(input, 1));
    case 'useCacheBranch':
    case 'logitsToKeep':
      return zeros(input.dims.map(() => 1));
    case 'encoderStates':
    case 'recurrentState':
      return context.carried?.get(input.name);
    case 'unused':
      return zeros(input.dims.length === 1 ? [1] : openDims(input, lengthsOf(inputs, context).own));
    default:
      return undefined;
  }
}
