import { describe, expect, it } from 'vitest';
import { firstPosition } from '../../../../src/engine/inputs/firstPosition';
import { inputDescriptions, inputsCheck } from '../../../../src/engine/inputs/inputsCheck';
import { settleInputs } from '../../../../src/engine/inputs/settleInputs';
import type { GraphFacts } from '../../../../src/onnx/facts/graphFacts';
import type { GraphInput } from '../../../../src/onnx/facts/inputs';
import { saidBy } from '../../../../src/onnx/roles/inputNames';

const feature = (name: string, rows: number, shift = 0): GraphInput => ({
  name,
  role: 'feature',
  why: 'picks rows',
  elementType: 7,
  dims: ['b', 'n'],
  lookup: { table: 't', rows, shift },
});
const none = { config: {}, emptyRows: () => [] };

describe('what a name says', () => {
  it.each([
    ['input_ids', 'tokens'],
    ['StatefulPartitionedCall/input_mask:0', 'mask'],
    ['src_key_padding_mask', 'mask'],
    ['segment_ids:0', 'types'],
    ['tokenTypeIds', 'types'],
    ['task_type_ids', 'tasks'],
    ['position_ids', 'positions'],
    ['langs', 'language'],
    ['i3', undefined],
  ])('%s says %s', (name, said) => {
    expect(saidBy(name)).toBe(said);
  });
});

describe('the row of the first token', () => {
  it.each([
    ['counts from padding index + 1 by the family', { table: 't', rows: 514, shift: 0 }, { model_type: 'roberta', pad_token_id: 1 }, [], 2, 'configured'],
    ['has rows in front by the family', { table: 't', rows: 98, shift: 2 }, { model_type: 'opt', pad_token_id: 1 }, [], 2, 'configured'],
    ['is what the graph adds', { table: 't', rows: 98, shift: 2 }, {}, [], 2, 'graph'],
    ['comes after an empty row of padding', { table: 't', rows: 66, shift: 0 }, {}, [1], 2, 'graph'],
    ['is not told by several empty rows', { table: 't', rows: 66, shift: 0 }, {}, [0, 1], 0, 'assumed'],
    ['comes after rows that are no positions', { table: 't', rows: 1026, shift: 0 }, { max_position_embeddings: 1024 }, [], 2, 'configured'],
    ['is 0 where the table has a row for each position', { table: 't', rows: 512, shift: 0 }, { max_position_embeddings: 512 }, [], 0, 'configured'],
    ['is assumed to be 0', { table: 't', rows: 512, shift: 0 }, {}, [], 0, 'assumed'],
  ])('%s', (_name, use, config, empty, row, evidence) => {
    expect(firstPosition(use, { config, emptyRows: () => empty })).toMatchObject({ row, evidence });
  });
});

describe('a further table', () => {
  const roles: readonly (readonly [string, GraphInput, Record<string, unknown>, string])[] = [
    ['of two rows is that of token types', feature('i1', 2), {}, 'tokenTypeIds'],
    ['of as many rows as there are types', feature('i1', 4), { type_vocab_size: 4 }, 'tokenTypeIds'],
    ['of three rows is nothing that is known', feature('i1', 3), {}, 'unknown'],
    ['of tasks takes the task of plain texts', feature('task_type_ids', 3), { task_type_vocab_size: 3, use_task_id: true }, 'taskTypeIds'],
    ['of tasks without a configuration', feature('task_type_ids', 3), {}, 'unknown'],
    ['of languages, which nobody knows', feature('langs', 20), { lang_id: 0 }, 'unknown'],
    ['of many rows may be positions: a run tells', feature('i1', 512), {}, 'positionIds'],
    ['of few positions, by its name', feature('position_ids', 8), {}, 'positionIds'],
    ['named as types with many rows', feature('token_type_ids', 512), {}, 'unknown'],
  ];
  it.each(roles)('%s', (_name, input, config, role) => {
    expect(settleInputs([input], { ...none, config })[0]?.role).toBe(role);
  });
  it('is none of two that could both be it', () => {
    expect(settleInputs([feature('a', 512), feature('b', 512)], none).map((input) => input.role)).toEqual(['unknown', 'unknown']);
  });
  it('is no positions where the graph adds positions of its own', () => {
    expect(settleInputs([feature('position_ids', 20)], { ...none, ownTable: 'other' })[0]?.role).toBe('unknown');
    expect(settleInputs([feature('position_ids', 20)], { ...none, ownTable: 't' })[0]?.role).toBe('positionIds');
  });
  it('counts positions less what the graph adds itself', () => {
    const [input] = settleInputs([feature('position_ids', 98, 2)], { ...none, config: { model_type: 'opt' } });
    expect(input?.fill).toMatchObject({ first: 0, evidence: 'configured' });
  });
});

describe('check 8', () => {
  const facts = (input: GraphInput) => [{ inputs: [input], unread: [] } as unknown as GraphFacts];
  it.each([
    ['holds where something shows every input', 'tried', {}, undefined, 'holds'],
    ['does not hold of what is only assumed', 'assumed', {}, undefined, 'not run'],
    ['says what was given', 'tried', { position_ids: { values: [0] } }, undefined, 'not run'],
    ['says why nothing was tried', 'tried', {}, 'it is too large', 'not run'],
  ] as const)('%s', (_name, evidence, given, untried, state) => {
    const inputs = inputDescriptions(facts({ ...feature('position_ids', 9), fill: { evidence, value: '0, 1' } }), given);
    expect(inputsCheck(inputs, untried).state).toBe(state);
  });
});
