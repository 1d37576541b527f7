// One pass over all files of a model: encoder, then decoder, or the step file once per target token. Moves tensors between files; keeps none.

import { refuse } from '../core/problem';
import type { Token } from '../core/token';
import type { GraphOutput } from '../onnx/site';
import type { ModelFileRole } from '../protocol/modelSource';
import { type FeedContext, type Feeds, feedsFor, fixedLength } from './feeds';
import type { ModelPart } from './modelPart';
import type { RawTensor } from './rawTensor';

export interface RunInput {
  readonly source: readonly Token[];
  /** Tokens of the decoder's text; without it only the encoder runs. */
  readonly target?: readonly Token[];
  readonly padId: number;
}

/** Runs one file; gives at least the outputs named. */
export type FileRun = (part: number, feeds: Feeds, outputs: readonly string[], step: number) => Promise<ReadonlyMap<string, RawTensor>>;

const isDecoder = (role: ModelFileRole) => role === 'decoder' || role === 'decoderStep';

/** Whether the model has a decoder with a text of its own: two texts come in. */
export function takesTarget(parts: readonly ModelPart[]): boolean {
  return parts.some((part) => (isDecoder(part.content.file.role) && parts.length > 1) || part.facts.inputs.some((input) => input.role === 'decoderTokenIds'));
}

/** Whether the encoder can run without a target. */
export function canRunWithoutTarget(parts: readonly ModelPart[]): boolean {
  return !parts.some((part) => part.facts.inputs.some((input) => input.role === 'decoderTokenIds'));
}

const outputsWith = (part: ModelPart, role: GraphOutput['role']) => part.facts.outputs.filter((output) => output.role === role).map((output) => output.name);

function stateOutput(encoder: ModelPart): string | undefined {
  return outputsWith(encoder, 'hiddenStates')[0] ?? encoder.facts.outputs.find((output) => output.dims.length === 3)?.name;
}

/** Feeds the parts in order and hands each file run to `run`. */
export async function runPass(parts: readonly ModelPart[], input: RunInput, run: FileRun): Promise<void> {
  const [first, second] = parts as readonly [ModelPart, ModelPart?];
  const { source, target, padId } = input;
  const needed = second && target ? [stateOutput(first), ...outputsWith(first, 'recurrentState')].filter((name) => name !== undefined) : [];
  const own = second ? {} : { decoderTokens: target };
  const outputs = await run(0, feedsFor(first.facts.inputs, { tokens: source, ...own, padId }), needed, 0);
  if (!second || !target) return;
  const encoderStates = outputs.get(needed[0] ?? '');
  const encoderLength = fixedLength(first.facts.inputs, 'tokenIds') ?? source.length;
  const context = { encoderStates, encoderLength, padId };
  if (second.content.file.role === 'decoderStep')
    await runSteps(second, target, context, { first: outputsWith(first, 'recurrentState').map((name) => outputs.get(name)), run });
  else await run(1, feedsFor(second.facts.inputs, { ...context, tokens: target }), [], 0);
}

/** The step file once per token; its states go from step to step, the first ones come from the encoder. */
async function runSteps(
  part: ModelPart,
  target: readonly Token[],
  context: Omit<FeedContext, 'tokens'>,
  start: { readonly first: readonly (RawTensor | undefined)[]; readonly run: FileRun },
): Promise<void> {
  const inputs = part.facts.inputs.filter((input) => input.role === 'recurrentState').map((input) => input.name);
  const outputs = outputsWith(part, 'recurrentState');
  if (outputs.length < inputs.length) refuse('inputUnknown', { input: inputs[outputs.length] ?? '' });
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
