import { describe, expect, it } from 'vitest';
import type { Token } from '../../../../src/core/token';
import { feedsFor } from '../../../../src/engine/session/feeds';
import type { GraphInput, InputFill, InputRole } from '../../../../src/onnx/facts/inputs';

const input = (role: InputRole, dims: GraphInput['dims'], elementType = 7, fill?: InputFill): GraphInput => ({
  name: role,
  role,
  why: 'its use',
  dims,
  elementType,
  ...(fill && { fill }),
});
const tried = (parts: Partial<InputFill>): InputFill => ({ evidence: 'tried', value: '', ...parts });
const tokens: Token[] = [5, 6, 7].map((id) => ({ id, text: '', start: 0, end: 0, isSpecial: false, sequence: 0, typeId: id === 7 ? 1 : 0 }));
const numbers = (data: ArrayLike<number | bigint> | undefined) => Array.from(data ?? [], Number);

const rows: readonly (readonly [string, GraphInput, readonly number[], readonly number[]])[] = [
  ['ids', input('tokenIds', ['batch', 'sequence']), [1, 3], [5, 6, 7]],
  ['ids without a batch', input('tokenIds', ['sequence'], 6), [3], [5, 6, 7]],
  ['ids in the first of two axes', input('tokenIds', ['sequence', 1]), [3, 1], [5, 6, 7]],
  ['mask of ones', input('attentionMask', ['batch', 'past + sequence']), [1, 3], [1, 1, 1]],
  ['mask of zeros where 0 is read', input('attentionMask', ['batch', 'n'], 9, tried({ read: 0, hidden: 1 })), [1, 3], [0, 0, 0]],
  ['tasks', input('taskTypeIds', ['batch', 'n']), [1, 3], [0, 0, 0]],
  ['positions that begin after padding', input('positionIds', ['batch', 'n'], 7, tried({ first: 2 })), [1, 3], [2, 3, 4]],
  ['what nothing depends on', input('unused', ['batch', 'n', 2], 1), [1, 3, 2], [0, 0, 0, 0, 0, 0]],
  ['types', input('tokenTypeIds', ['batch', 'sequence']), [1, 3], [0, 0, 1]],
  ['positions', input('positionIds', ['batch', 'sequence']), [1, 3], [0, 1, 2]],
  ['no past', input('pastKeyValue', ['batch_size', 4, 'past_sequence_length', 8], 1), [1, 4, 0, 8], []],
  ['no cache branch', input('useCacheBranch', [1], 9), [1], [0]],
  ['all logits', input('logitsToKeep', []), [], [0]],
];

describe('feedsFor', () => {
  it.each(rows)('%s', (_name, one, dims, values) => {
    const inputs = one.role === 'tokenIds' ? [one] : [input('tokenIds', ['batch', 'sequence']), one];
    const feed = feedsFor(inputs, { tokens, padId: 0 })[one.name];
    expect(feed?.dims).toEqual(dims);
    expect(numbers(feed?.data)).toEqual(values);
  });
  it('takes texts, choices and tokens on three axes', () => {
    expect(feedsFor([input('tokenIds', ['a', 'b', 'n'])], { tokens, padId: 0 }).tokenIds?.dims).toEqual([1, 1, 3]);
  });
  it('pads with what the mask hides', () => {
    const feeds = feedsFor([input('tokenIds', [1, 4]), input('attentionMask', [1, 4], 9, tried({ read: 0, hidden: 1 }))], { tokens, padId: 9 });
    expect(numbers(feeds.attentionMask?.data)).toEqual([0, 0, 0, 1]);
  });
  it.each([
    ['one number for every token', { values: [7] }, [1, 3], [7, 7, 7]],
    ['a list in the shape of the input', { values: [1, 2, 3], dims: [1, 3] }, [1, 3], [1, 2, 3]],
  ])('feeds what the user gives: %s', (_name, given, dims, values) => {
    const feed = feedsFor([input('tokenIds', ['batch', 'n']), input('unknown', ['batch', 'n'])], { tokens, padId: 0, given: { unknown: given } }).unknown;
    expect([feed?.dims, numbers(feed?.data)]).toEqual([dims, values]);
  });
  it('refuses what is given in another shape', () => {
    const given = { unknown: { values: [1, 2], dims: [2] } };
    expect(() => feedsFor([input('tokenIds', ['batch', 'n']), input('unknown', ['batch', 'n'])], { tokens, padId: 0, given })).toThrow(/\[2\].*\[batch, n\]/);
  });
  it('pads and masks a fixed shape', () => {
    const feeds = feedsFor([input('tokenIds', [1, 5]), input('attentionMask', [1, 5])], { tokens, padId: 9 });
    expect(numbers(feeds.tokenIds?.data)).toEqual([5, 6, 7, 9, 9]);
    expect(numbers(feeds.attentionMask?.data)).toEqual([1, 1, 1, 0, 0]);
  });
  it("masks the encoder's padding for the decoder", () => {
    const feeds = feedsFor([input('decoderTokenIds', [1, 'n']), input('encoderAttentionMask', [1, 'm'])], {
      tokens,
      padId: 0,
      encoderLength: 4,
      encoderTokenCount: 2,
    });
    expect(numbers(feeds.encoderAttentionMask?.data)).toEqual([1, 1, 0, 0]);
  });
  it('refuses an input whose role is not certain, by its name', () => {
    expect(() => feedsFor([{ ...input('unknown', [1]), name: 'pixel_values' }], { tokens, padId: 0 })).toThrow(/pixel_values/);
  });
  it('refuses a file whose inputs take no text', () => {
    expect(() => feedsFor([input('positionIds', ['batch', 'n']), input('attentionMask', ['batch', 'n'])], { tokens, padId: 0 })).toThrow(/positionIds/);
  });
});
