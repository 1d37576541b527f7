// Which output of a file is fed to which input of another one, or of the same one a step later: the encoder's states, the states of a recurrent
// step, keys and values of earlier tokens. Read from the facts; moves no tensor.

import type { GraphInput, GraphOutput } from '../../onnx/facts/inputs';
import type { ModelPart } from '../session/modelPart';
import type { RawTensor } from '../tensors/rawTensor';

export interface Carry {
  readonly output: string;
  readonly input: string;
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

const paired = (inputs: readonly GraphInput[], outputs: readonly string[]): Carry[] =>
  outputs.map((output, i) => ({ output, input: (inputs[i] as GraphInput).name }));

/** From the encoder's file to the one that goes on with what it gives. A state that no output is known to hold is left out. */
export function carriedOver(from: ModelPart, to: ModelPart): readonly Carry[] {
  const sequence = sequenceOutput(from);
  const states = to.facts.inputs.filter(({ role }) => role === 'encoderStates');
  const first = sequence === undefined ? [] : states.map(({ name }) => ({ output: sequence, input: name }));
  return [...first, ...paired(stateInputs(to), stateOutputs(from, stateInputs(to), sequence) ?? [])];
}

/** From a step to the next one. Undefined where it is not known what an input of the next step is. */
export function carriedOn(part: ModelPart): readonly Carry[] | undefined {
  const states = stateOutputs(part, stateInputs(part), undefined);
  const pasts = part.facts.inputs.filter(({ role }) => role === 'pastKeyValue');
  const presents = pasts.map(({ name }) => part.facts.outputs.find((output) => output.continues === name)?.name);
  return states && presents.every((name) => name !== undefined) ? [...paired(stateInputs(part), states), ...paired(pasts, presents)] : undefined;
}

/** What was given, by the inputs that it is for. */
export function carriedIn(carries: readonly Carry[], given: ReadonlyMap<string, RawTensor>): Map<string, RawTensor> {
  return new Map(carries.flatMap(({ output, input }) => (given.has(output) ? [[input, given.get(output) as RawTensor]] : [])));
}
