import { describe, expect, it } from 'vitest';
import { stateOutputs } from '../../../../src/engine/pass/carry';
import { canRunWithoutTarget } from '../../../../src/engine/pass/runPass';
import type { ModelPart } from '../../../../src/engine/session/modelPart';
import type { GraphInput, GraphOutput } from '../../../../src/onnx/facts/inputs';

const output = (name: string, role: GraphOutput['role'], ...dims: readonly (number | string)[]): GraphOutput => ({ name, role, dims });
const state = (...dims: readonly (number | string)[]): GraphInput => ({ name: 'state', role: 'recurrentState', why: '', elementType: 1, dims });
const named = <T extends GraphInput | GraphOutput>(one: T, kind: 'hidden' | 'cell', layer: number): T => ({ ...one, state: { kind, layer } });
const stateOf = (kind: 'hidden' | 'cell', layer: number) => named(output(`${kind} ${layer}`, 'recurrentState', 1, 'batch', 8), kind, layer);
const wanted = (kind: 'hidden' | 'cell', layer: number) => named(state(1, 'batch', 8), kind, layer);
const partWith = (...outputs: readonly GraphOutput[]) => ({ facts: { outputs } }) as unknown as ModelPart;

const states = output('sequence', 'hiddenStates', 'batch', 'length', 8);
describe('outputs that hold the states of a step file', () => {
  it.each([
    ['those that the graph shows', partWith(states, output('h', 'recurrentState', 1, 'batch', 8)), [state(1, 'batch', 8)], 'sequence', ['h']],
    ['the one of the right shape', partWith(states, output('h', 'logits', 1, 'batch', 8)), [state(1, 'batch', 8)], 'sequence', ['h']],
    [
      'not the predictions',
      partWith(output('logits', 'logits', 'batch', 1, 40), output('h', 'hiddenStates', 1, 'batch', 8)),
      [state(1, 'batch', 8)],
      undefined,
      ['h'],
    ],
    ['unknown where two fit', partWith(output('a', 'other', 'batch', 8), output('b', 'other', 'batch', 8)), [state('batch', 8)], undefined, undefined],
    ['unknown where none fits', partWith(states), [state('batch', 8)], 'sequence', undefined],
    ['by kind, not by order', partWith(stateOf('cell', 5), stateOf('hidden', 5)), [wanted('hidden', 3), wanted('cell', 3)], 'sequence', ['hidden 5', 'cell 5']],
    [
      'layer by layer from below',
      partWith(stateOf('hidden', 9), stateOf('hidden', 5)),
      [wanted('hidden', 3), wanted('hidden', 7)],
      undefined,
      ['hidden 5', 'hidden 9'],
    ],
    ['only those that are wanted', partWith(stateOf('cell', 5), stateOf('hidden', 5)), [wanted('hidden', 3)], 'sequence', ['hidden 5']],
    ['unknown where one kind is missing', partWith(stateOf('hidden', 5), stateOf('hidden', 9)), [wanted('hidden', 3), wanted('cell', 3)], undefined, undefined],
    [
      'by shapes that differ where the graph does not tell',
      partWith(output('a', 'other', 'batch', 8), output('b', 'other', 'batch', 6)),
      [state('batch', 6), state('batch', 8)],
      undefined,
      ['b', 'a'],
    ],
    ['none where the step file takes none', partWith(states), [], 'sequence', []],
  ] as const)('%s', (_name, part, inputs, taken, expected) => expect(stateOutputs(part, inputs, taken)).toEqual(expected));
});

describe('whether a model shows something without a target', () => {
  const part = (role: string, siteCount: number, ...inputs: readonly string[]) =>
    ({
      content: { file: { role } },
      facts: { sites: Array.from({ length: siteCount }), inputs: inputs.map((one) => ({ role: one })) },
    }) as unknown as ModelPart;
  it.each([
    ['an encoder with attention', [part('encoder', 2), part('decoder', 2)], true],
    ['a recurrent encoder', [part('encoder', 0), part('decoderStep', 1)], false],
    ['both in one file', [part('model', 4, 'tokenIds', 'decoderTokenIds')], false],
  ])('%s', (_name, parts, expected) => expect(canRunWithoutTarget(parts)).toBe(expected));
});
