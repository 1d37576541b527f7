import { describe, expect, it } from 'vitest';
import type { Token } from '../../../src/core/token';
import { feedsFor } from '../../../src/engine/feeds';
import type { GraphInput, InputRole } from '../../../src/onnx/site';

const input = (role: InputRole, dims: GraphInput['dims'], elementType = 7): GraphInput => ({ name: role, role, dims, elementType });
const tokens: Token[] = [5, 6, 7].map((id) => ({ id, text: '', start: 0, end: 0, isSpecial: false, sequence: 0, typeId: id === 7 ? 1 : 0 }));
const numbers = (data: ArrayLike<number | bigint> | undefined) => Array.from(data ?? [], Number);

const rows: readonly (readonly [string, GraphInput, readonly number[], readonly number[]])[] = [
  ['ids', input('tokenIds', ['batch', 'sequence']), [1, 3], [5, 6, 7]],
  ['ids without a batch', input('tokenIds', ['sequence'], 6), [3], [5, 6, 7]],
  ['mask of ones', input('attentionMask', ['batch', 'past + sequence']), [1, 3], [1, 1, 1]],
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
