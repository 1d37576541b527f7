import { describe, expect, it } from 'vitest';
import type { Token } from '../../../../src/core/token';
import { candidatesOf } from '../../../../src/engine/answers/candidates';
import { broughtBy, readBeyond } from '../../../../src/engine/answers/headMeasures';
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
    ['the longest shared word', { previousText: 'The CRASH can wait' }, 'crash'],
    ['the longest', { previousText: 'nothing' }, 'server'],
    ['a caret in no word falls back', { caret: 100 }, 'server'],
  ];
  it.each(rows)('%s', (_name, wish, expected) => expect(focusWord(words, wish)?.word.text).toBe(expected));
  const choice = (sentence: string, wish: Parameters<typeof focusWord>[1] = {}) => {
    const found = focusWord(wordsOf(sentence, tokensOf(sentence)), wish);
    return found && [found.word.text, found.word.start, found.movedFrom?.text];
  };
  it.each<[string, ReturnType<typeof choice>, ReturnType<typeof choice>]>([
    ['a word that occurs again, where it does so last', choice('that crash, the unfortunate crash'), ['crash', 28, undefined]],
    ['the first of the longest', choice('some more words'), ['words', 10, undefined]],
    ['a later word for the first one that reads no other', choice('Waiters look tired', { isCausal: true }), ['tired', 13, 'Waiters']],
    ['so also at the caret', choice('Waiters look tired', { isCausal: true, caret: 2 }), ['tired', 13, 'Waiters']],
    ['the first one of an encoder stays', choice('Waiters look tired', { caret: 2 }), ['Waiters', 0, undefined]],
    ['a lone word stays', choice('Server', { isCausal: true }), ['Server', 0, undefined]],
    ['the first of short words', choice('a b'), ['a', 0, undefined]],
    ['none of no words', choice('?!'), undefined],
  ])('%s', (_name, found, expected) => expect(found).toEqual(expected));
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
  // Seven tokens, word 5 is the focus; the other words are 1 to 4 and 6. A row of a head says which keys it reads.
  const [focus, words] = [5, [1, 2, 3, 4, 6]];
  const patternOf = (...heads: readonly ((query: number) => Readonly<Record<number, number>>)[]): LetteredTensor => {
    const rows = heads.flatMap((reads) => [0, 1, 2, 3, 4, 5, 6].map((query) => Float32Array.from({ length: 7 }, (_, key) => reads(query)[key] ?? 0)));
    return { letters: 'hqk', dims: [heads.length, 7, 7], data: Float32Array.from(rows.flatMap((row) => [...row])) };
  };
  const beyond = (pattern: LetteredTensor, change = {}) =>
    readBeyond({ pattern, focus, keys: words, otherRows: words, isSelf: true, ...change }).map((parts) =>
      [...parts].map((part) => Math.round(part * 1000) / 1000),
    );
  const previous = (query: number) => ({ [query - 1]: 0.9 });
  const everyonesKey = () => ({ 2: 0.8 });
  const own = (query: number) => (query === focus ? { 2: 0.7, 4: 0.1 } : { [query - 1]: 0.1, 2: 0.1 });
  const only =
    (row: number, key: number, weight: number) =>
    (query: number): Readonly<Record<number, number>> =>
      query === row ? { [key]: weight } : {};
  const causal = (query: number) => ({ 1: query === 2 ? 0.6 : 0, 2: query >= 3 ? 0.4 : 0 });

  it.each<[string, LetteredTensor, object, readonly number[]]>([
    ['nothing of what every word reads at that distance', patternOf(previous), {}, [0, 0, 0, 0, 0]],
    ['nothing of a key that every word reads', patternOf(everyonesKey), {}, [0, 0, 0, 0, 0]],
    ['what it reads of a word as no other word does, less what they do', patternOf(own), {}, [0, 0.6, 0, 0, 0]],
    ['all of it where the other words read it not at all', patternOf(only(focus, 3, 0.5)), {}, [0, 0, 0.5, 0, 0]],
    // Row 2 cannot see key 2 yet: a mean with its 0 would be 0.3.
    ['the mean of those rows only that see the key', patternOf(causal), {}, [0, 0, 0, 0, 0]],
    // Of the focus's own row nothing is subtracted: it is no other word.
    ['its own row is none of the others', patternOf(only(focus, 4, 0.8)), {}, [0, 0, 0, 0.8, 0]],
    // Word 3 reads itself; that says nothing of what others read of it.
    [
      'a word that reads itself is not read by others',
      patternOf((query) => ({ ...only(focus, 3, 0.5)(query), ...only(3, 3, 1)(query) })),
      {},
      [0, 0, 0.5, 0, 0],
    ],
    ['between two texts a distance means nothing', patternOf(previous), { isSelf: false }, [0, 0, 0, 0.9, 0]],
    ['with too few words the weights themselves', patternOf(previous), { otherRows: undefined }, [0, 0, 0, 0.9, 0]],
  ])('%s', (_, pattern, change, expected) => expect(beyond(pattern, change)).toEqual([expected]));

  const norms = {
    // [kvHead, key, e]: two query heads share one.
    v: { letters: 'hke', dims: [1, 7, 1], data: Float32Array.of(0, 1, 2, 3, 4, 5, 6) },
    residPre: { letters: 'qd', dims: [7, 2], data: Float32Array.of(9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 3, 4, 9, 9) },
    projection: { inputSize: 2, outputSize: 2, weight: Float32Array.of(1, 0, 0, 2) },
    columns: [
      { start: 0, stride: 1 },
      { start: 1, stride: 1 },
    ],
  } as const;
  const parts = [Float64Array.of(0.5, 0.2, 0, 0, 0), Float64Array.of(0, 0, 0, 0, 0.25)];
  it('is the largest of part · ‖v W_O‖ ÷ ‖resid_pre‖, with the key it is of', () => {
    const [first, second] = broughtBy(parts, { focus, keys: words }, norms);
    expect(first).toEqual({ measure: expect.closeTo((0.5 * 1) / 5, 6), largest: 0 });
    expect(second).toEqual({ measure: expect.closeTo((0.25 * 6 * 2) / 5, 6), largest: 4 });
  });
  it('is of the weights alone where the norms are not had, and of no key where there is nothing', () => {
    expect(broughtBy([...parts, new Float64Array(5)], { focus, keys: words }, undefined)).toEqual([
      { measure: 0.5, largest: 0 },
      { measure: 0.25, largest: 4 },
      { measure: 0, largest: -1 },
    ]);
  });
});

describe('the heads that stand to choose', () => {
  const site = { tower: 'encoder', layer: 0, kind: 'self' } as const;
  const head = (name: number, key: number, measure: number) => ({ site, head: name, key, weight: 0.5, measure });
  const chosen = (...heads: readonly ReturnType<typeof head>[]) => candidatesOf(heads, (key) => Math.floor(key / 2)).map((one) => one.head);
  it.each<[string, number[], number[]]>([
    ['best first', chosen(head(0, 2, 1), head(1, 4, 3), head(2, 6, 2)), [1, 2, 0]],
    ['different words before the same again', chosen(head(0, 2, 9), head(1, 3, 8), head(2, 4, 7), head(3, 6, 1)), [0, 2, 3]],
    ['the same again where there are no others', chosen(head(0, 2, 9), head(1, 3, 8), head(2, 4, 7)), [0, 1, 2]],
    ['none that brings nothing', chosen(head(0, 2, 0), head(1, -1, 0)), []],
    ['the earlier of equals', chosen(head(3, 2, 1), head(4, 4, 1)), [3, 4]],
  ])('%s', (_, heads, expected) => expect(heads).toEqual(expected));
});

describe('thumbnails', () => {
  const data = Float32Array.from({ length: 16 }, (_, i) => i / 16);
  const pattern: LetteredTensor = { letters: 'hqk', dims: [1, 4, 4], data };
  const thumbnailEntries = (inputs: readonly ThumbnailInput[], maxSide: number, isOwnScale = false) => {
    const pictures = new ThumbnailPictures(maxSide, isOwnScale);
    for (const input of inputs) pictures.add(input);
    return pictures.entries();
  };
  it('leaves special tokens out and keeps the largest weight per tile', () => {
    const [layer, domain] = thumbnailEntries([{ layer: 2, pattern, queries: [1, 2], keys: [1, 2] }], 1);
    expect(layer).toEqual({ name: 'L2', dims: [2, 1, 1], data: Uint8Array.of(255, 255) });
    expect(domain?.data).toEqual(Float32Array.of(0, 10 / 16));
  });
  it('keeps every cell where there is room', () => {
    const [layer] = thumbnailEntries([{ layer: 0, pattern, queries: [0, 1, 2, 3], keys: [0, 1, 2, 3] }], 8);
    expect(layer?.dims).toEqual([2, 4, 4]);
    expect(layer?.data[15]).toBe(255);
  });
  const two: LetteredTensor = { letters: 'hqk', dims: [2, 2, 2], data: Float32Array.of(0.8, 0, 0, 0.1, 0, 0.4, 0, 0.1) };
  const input = { layer: 0, pattern: two, queries: [0, 1], keys: [0, 1] };
  it('ends with the mean of the heads, taken before cells share a tile', () => {
    const [whole] = thumbnailEntries([input], 8);
    expect([...(whole?.data.subarray(8) ?? [])].map((level) => Math.round((level as number) / 25.5) / 10)).toEqual([0.5, 0.3, 0, 0.1]);
    const [tile] = thumbnailEntries([input], 1);
    // Largest 0.8 and 0.4; largest mean 0.4, not 0.6.
    expect([...(tile?.data ?? [])]).toEqual([255, 128, 128]);
  });
  it('has each picture on its own scale where that is asked', () => {
    const [layer] = thumbnailEntries([input], 1, true);
    expect([...(layer?.data ?? [])]).toEqual([255, 255, 255]);
    const [cells] = thumbnailEntries([input], 8, true);
    expect([...(cells?.data.subarray(4, 8) ?? [])]).toEqual([0, 255, 0, 64]);
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
