import { describe, expect, it } from 'vitest';
import type { Token } from '../../../../src/core/token';
import { bestHead, bringsOf, contentEntropyOf } from '../../../../src/engine/answers/headMeasures';
import { type ThumbnailInput, ThumbnailPictures } from '../../../../src/engine/answers/thumbnailPictures';
import type { LetteredTensor } from '../../../../src/engine/tensors/canonical';
import { contentTokens, focusWord, wordsOf } from '../../../../src/engine/text/textWords';

/** Tokens of one to three characters between [CLS] and [SEP]. */
function tokensOf(text: string): Token[] {
  const special = { id: 0, start: 0, end: 0, isSpecial: true, sequence: null, typeId: 0 };
  const inner = [...text.matchAll(/\S{1,3}/gu)].map(
    (match): Token => ({ id: 1, text: match[0], start: match.index, end: match.index + match[0].length, isSpecial: false, sequence: 0, typeId: 0 }),
  );
  return [{ ...special, text: '[CLS]' }, ...inner, { ...special, text: '[SEP]' }];
}

describe('focus word', () => {
  const text = 'I can crash the server, don’t I?';
  const words = wordsOf(text, tokensOf(text));
  it('groups tokens into words', () => {
    expect(words.map((word) => word.text)).toEqual(['I', 'can', 'crash', 'the', 'server', 'don’t', 'I']);
    expect(words[2]?.tokens).toEqual([3, 4]);
  });
  const rows: readonly (readonly [string, Parameters<typeof focusWord>[1], string])[] = [
    ['at the caret', { caret: 3 }, 'can'],
    ['before the caret', { caret: 11 }, 'crash'],
    ['the longest shared word', { previousText: 'The SERVER can wait' }, 'server'],
    ['the first of four letters', { previousText: 'nothing' }, 'crash'],
    ['a caret in no word falls back', { caret: 100 }, 'crash'],
    ['of four letters also where words read only what stands before', { isCausal: true }, 'crash'],
  ];
  it.each(rows)('%s', (_name, wish, expected) => expect(focusWord(words, wish)?.text).toBe(expected));
  it('passes over the first word where it could read no other', () => {
    const wordOf = (words: string, isCausal: boolean) => focusWord(wordsOf(words, tokensOf(words)), { isCausal })?.text;
    expect([wordOf('Server, I have', false), wordOf('Server, I have', true), wordOf('Server', true)]).toEqual(['Server', 'have', 'Server']);
  });
  it('takes the first word of short ones, and none of no words', () => {
    expect(focusWord(wordsOf('a b', tokensOf('a b')), {})?.text).toBe('a');
    expect(focusWord(wordsOf('?!', tokensOf('?!')), {})).toBeUndefined();
  });
});

describe('tokens that count as words', () => {
  const rows: readonly (readonly [string, string, readonly number[]])[] = [
    ['letters and digits, no punctuation', 'a , 10 ... b', [1, 3, 5]],
    ['any script', '你 。 ! é', [1, 4]],
    ['all where there is no word', '?! --', [1, 2]],
    ['none of a text without tokens', '', []],
  ];
  it.each(rows)('%s', (_name, text, expected) => expect(contentTokens(tokensOf(text), [text])).toEqual(expected));
  it('reads the pair with its own ranges', () => {
    const pair = tokensOf('! b').map((token) => (token.isSpecial ? token : { ...token, sequence: 1 as const }));
    expect(contentTokens([...tokensOf('a ,'), ...pair], ['a ,', '! b'])).toEqual([1, 6]);
  });
});

describe('what a head brings to the focus', () => {
  // Two heads of size 1 over three tokens; W_O copies head 0 to dimension 0, head 1 doubled to dimension 1.
  const pattern: LetteredTensor = { letters: 'hqk', dims: [2, 3, 3], data: Float32Array.of(0, 0, 0, 0.2, 0.5, 0.3, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0) };
  const input = {
    pattern,
    v: { letters: 'hke', dims: [2, 3, 1], data: Float32Array.of(10, 20, 30, 1, 2, 3) },
    residPre: { letters: 'qd', dims: [3, 2], data: Float32Array.of(9, 9, 3, 4, 9, 9) },
    projection: { inputSize: 2, outputSize: 2, weight: Float32Array.of(1, 0, 0, 2) },
    columns: [
      { start: 0, stride: 1 },
      { start: 1, stride: 1 },
    ],
    focus: 1,
  };
  it('is ‖Σ α v W_O‖ / ‖resid_pre‖ over other content words', () => {
    expect(bringsOf({ ...input, keys: [2] })[0]).toBeCloseTo((0.3 * 30) / 5, 5);
    expect(bringsOf({ ...input, keys: [0, 2] })).toEqual([expect.closeTo((0.2 * 10 + 0.3 * 30) / 5, 5), expect.closeTo(2 / 5, 5)]);
  });
  it('chooses the largest or smallest measure, the earlier on a tie', () => {
    expect(
      bestHead(
        [
          [1, 3],
          [3, 2],
        ],
        'largest',
      ),
    ).toEqual({ site: 0, head: 1 });
    expect(
      bestHead(
        [
          [1, 3],
          [0.5, 2],
        ],
        'smallest',
      ),
    ).toEqual({ site: 1, head: 0 });
  });
  it('leaves heads out that have no row among content words', () => {
    expect(contentEntropyOf(pattern, [0], [0, 1])).toEqual([null, null]);
    expect(bestHead([[null, 2], [1]], 'smallest')).toEqual({ site: 1, head: 0 });
  });
  it('measures entropy over content words only', () => {
    expect(contentEntropyOf(pattern, [1], [1, 2])[0]).toBeCloseTo(-(0.625 * Math.log(0.625) + 0.375 * Math.log(0.375)), 5);
  });
});

describe('thumbnails', () => {
  const data = Float32Array.from({ length: 16 }, (_, i) => i / 16);
  const pattern: LetteredTensor = { letters: 'hqk', dims: [1, 4, 4], data };
  const thumbnailEntries = (inputs: readonly ThumbnailInput[], maxSide: number) => {
    const pictures = new ThumbnailPictures(maxSide);
    for (const input of inputs) pictures.add(input);
    return pictures.entries();
  };
  it('leaves special tokens out and keeps the largest weight per tile', () => {
    const [layer, domain] = thumbnailEntries([{ layer: 2, pattern, queries: [1, 2], keys: [1, 2] }], 1);
    expect(layer).toEqual({ name: 'L2', dims: [1, 1, 1], data: Uint8Array.of(255) });
    expect(domain?.data).toEqual(Float32Array.of(0, 10 / 16));
  });
  it('keeps every cell where there is room', () => {
    const [layer] = thumbnailEntries([{ layer: 0, pattern, queries: [0, 1, 2, 3], keys: [0, 1, 2, 3] }], 8);
    expect(layer?.dims).toEqual([1, 4, 4]);
    expect(layer?.data[15]).toBe(255);
  });
  it('finds the 99.5th percentile of what is drawn of all layers to within 0.05 %', () => {
    const many = (from: number): ThumbnailInput => {
      const weights = Float32Array.from({ length: 400 }, (_, i) => (from + i) / 1000);
      return { layer: from, pattern: { letters: 'hqk', dims: [1, 20, 20], data: weights }, queries: [...Array(20).keys()], keys: [...Array(20).keys()] };
    };
    const topOf = (maxSide: number) => thumbnailEntries([many(0), many(400)], maxSide).at(-1)?.data[1] as number;
    expect(Math.abs(topOf(20) / 0.795 - 1)).toBeLessThan(5e-4);
    // The largest of 32 tiles.
    expect(Math.abs(topOf(4) / 0.799 - 1)).toBeLessThan(5e-4);
  });
});
