// One pass over all files of a model: encoder, then decoder, or the step file once per target token. Moves tensors between files; keeps none.

import { refuse } from '../../core/problem';
import type { Token } from '../../core/token';
import type { GraphInput, GraphOutput } from '../../onnx/facts/inputs';
import type { ModelFileRole } from '../../protocol/modelSource';
import { type FeedContext, type Feeds, feedsFor, fixedLength } from '../session/feeds';
import type { ModelPart } from '../session/modelPart';
import type { RawTensor } from '../tensors/rawTensor';

export interface RunInput {
  readonly source: readonly Token[];
  /** Tokens of the decoder's text; without it only the encoder runs. */
  readonly target?: readonly Token[];
  readonly padId: number;
  readonly given?: FeedContext['given'];
  readonly instead?: FeedContext['instead'];
}

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

/** The output with the encoder's states of all tokens. */
export function sequenceOutput({ facts: { outputs } }: ModelPart): string | undefined {
  return (outputs.find((output) => output.role === 'hiddenStates') ?? outputs.find((output) => output.dims.length === 3))?.name;
}

type Stated = Pick<GraphInput, 'state'>;

const stateInputs = (part: ModelPart) => part.facts.inputs.filter((input) => input.role === 'recurrentState');

const fits = (output: GraphOutput, input: GraphInput) =>
  output.dims.length === input.dims.length &&
  output.dims.every((dim, axis) => typeof dim !== 'number' || typeof input.dims[axis] !== 'number' || dim === input.dims[axis]);

/**
 * Outputs of `part` that hold the states which the step file takes, in the order of its inputs: those that the graph shows to be states,
 * or those of the right shape besides `taken`. Several are told apart by the layer they leave and enter, else by shapes that differ.
 * Undefined: not known.
 */
export function stateOutputs(part: ModelPart, inputs: readonly GraphInput[], taken: string | undefined): readonly string[] | undefined {
  const known = part.facts.outputs.filter((output) => output.role === 'recurrentState');
  const fitting = part.facts.outputs.filter((output) => output.name !== taken && inputs.some((input) => fits(output, input)));
  const pool = known.length >= inputs.length ? known : fitting;
  if (inputs.length === 1 && pool.length === 1) return pool.map((output) => output.name);
  const paired = inputs.map((input) => ofSameState(input, inputs, pool) ?? onlyFitting(input, inputs, pool));
  return paired.every((output) => output !== undefined) ? paired.map((output) => output.name) : undefined;
}

const byLayer = (a: Stated, b: Stated) => (a.state?.layer ?? 0) - (b.state?.layer ?? 0);

/** The state of the same kind at the same place from below; files may name and order hidden and cell states as they like. */
function ofSameState(input: GraphInput, inputs: readonly GraphInput[], pool: readonly GraphOutput[]): GraphOutput | undefined {
  const alike = <T extends Stated>(list: readonly T[]) => list.filter(({ state }) => state && state.kind === input.state?.kind).sort(byLayer);
  const [own, others] = [alike(inputs), alike(pool)];
  return own.length === others.length ? others[own.indexOf(input)] : undefined;
}

function onlyFitting(input: GraphInput, inputs: readonly GraphInput[], pool: readonly GraphOutput[]): GraphOutput | undefined {
  const own = pool.filter((output) => fits(output, input));
  const [only] = own;
  return own.length === 1 && only && inputs.filter((one) => fits(only, one)).length === 1 ? only : undefined;
}

/** Feeds the parts in order and hands each file run to `run`. */
export async function runPass(parts: readonly ModelPart[], input: RunInput, run: FileRun): Promise<void> {
  const [first, second] = parts as readonly [ModelPart, ModelPart?];
  const { source, target, padId } = input;
  const own = { padId, ...(input.given && { given: input.given }), ...(input.instead && { instead: input.instead }) };
  const sequence = second && target ? sequenceOutput(first) : undefined;
  const carried = (second && target && stateOutputs(first, stateInputs(second), sequence)) ?? [];
  const needed = [...(sequence === undefined ? [] : [sequence]), ...carried];
  const texts = second ? { tokens: source } : { tokens: source, decoderTokens: target };
  const outputs = await run(0, feedsFor(first.facts.inputs, { ...texts, ...own }), needed, 0);
  if (!second || !target) return;
  const encoderStates = outputs.get(sequence ?? '');
  const encoderLength = fixedLength(first.facts.inputs, 'tokenIds') ?? source.length;
  const context = { encoderStates, encoderLength, encoderTokenCount: source.length, ...own };
  if (second.content.file.role === 'decoderStep') await runSteps(second, target, context, { first: carried.map((name) => outputs.get(name)), run });
  else await run(1, feedsFor(second.facts.inputs, { ...context, tokens: target }), [], 0);
}

/** The step file once per token; its states go from step to step, the first ones come from the encoder. */
async function runSteps(
  part: ModelPart,
  target: readonly Token[],
  context: Omit<FeedContext, 'tokens'>,
  start: { readonly first: readonly (RawTensor | undefined)[]; readonly run: FileRun },
): Promise<void> {
  const inputs = stateInputs(part).map((input) => input.name);
  const outputs = stateOutputs(part, stateInputs(part), undefined) ?? refuse('inputUnknown', { input: inputs[0] ?? '' });
  let current = start.first;
  for (const [step, token] of target.entries()) {
    const states = new Map<string, RawTensor>();
    inputs.forEach((name, i) => {
      const state = current[i];
      if (state) states.set(name, state);
    });
    const results = await start.run(1, feedsFor(part.facts.inputs, { ...context, tokens: [token], states, position: step }), outputs, step);
    current = outputs.map((name) => results.get(name));
  }
}
