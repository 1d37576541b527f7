import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../src/core/problem';
import { createTokenizer } from '../../../src/tokenizer/createTokenizer';
import { splittingTokenizer, tokenizerJson, tokenizerModule, tokenizerWith } from './tokenizerModule';

/** The tokens as [text, start, end, special, sequence, type id]. */
const rows = (text: string, pair?: string) =>
  tokenizerWith()
    .encode(text, pair)
    .tokens.map((token) => [token.text, token.start, token.end, token.isSpecial, token.sequence, token.typeId]);

const cls = ['[CLS]', 0, 0, true, null, 0];
const sep = ['[SEP]', 0, 0, true, null, 0];

function problemOf(work: () => unknown): { readonly code: string; readonly message: string } {
  try {
    work();
  } catch (error) {
    if (error instanceof ProblemError) return error.problem;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('encode', () => {
  it.each([
    ['empty text', '', []],
    [
      'astral characters',
      'the 😀 the',
      [
        ['the', 0, 3],
        ['😀', 4, 6],
        ['the', 7, 10],
      ],
    ],
    [
      'lone surrogates',
      '\uD83D the \uDE00 a',
      [
        ['\uFFFD', 0, 1],
        ['the', 2, 5],
        ['\uFFFD', 6, 7],
        ['a', 8, 9],
      ],
    ],
    [
      'a special token that was typed',
      'the [MASK]',
      [
        ['the', 0, 3],
        ['[MASK]', 4, 10],
      ],
    ],
    [
      'an unknown word',
      'zzz a',
      [
        ['[UNK]', 0, 3],
        ['a', 4, 5],
      ],
    ],
  ])('gives UTF-16 ranges: %s', (_, text, expected) => {
    expect(rows(text)).toEqual([cls, ...expected.map((row) => [...row, false, 0, 0]), sep]);
  });

  it('counts ranges of the pair in the pair', () => {
    expect(rows('😀 the', 'a server')).toEqual([
      cls,
      ['😀', 0, 2, false, 0, 0],
      ['the', 3, 6, false, 0, 0],
      sep,
      ['a', 0, 1, false, 1, 1],
      ['server', 2, 8, false, 1, 1],
      ['[SEP]', 0, 0, true, null, 1],
    ]);
  });

  it('takes an empty pair for a pair', () => {
    expect(rows('the', '').map(([text]) => text)).toEqual(['[CLS]', 'the', '[SEP]', '[SEP]']);
  });

  it('applies neither the truncation nor the padding of the file, but tells the truncation', () => {
    const truncation = { direction: 'Right', max_length: 3, strategy: 'LongestFirst', stride: 0 };
    const padding = { strategy: { Fixed: 9 }, direction: 'Right', pad_to_multiple_of: null, pad_id: 0, pad_type_id: 0, pad_token: '[UNK]' };
    const tokenizer = tokenizerWith({ truncation, padding });
    expect(tokenizer.encode('a a a a').tokens.map((token) => token.id)).toEqual([1, 9, 9, 9, 9, 2]);
    expect(tokenizer.truncationLimit).toBe(3);
  });

  it('gives a BERT tokenizer the type ids that it asks for and knows its special tokens', () => {
    const tokenizer = tokenizerWith();
    expect(tokenizer.maskToken).toEqual({ id: 3, text: '[MASK]', isSpecial: true });
    expect(tokenizer.addedTokens.map((token) => token.text)).toEqual(['[UNK]', '[CLS]', '[SEP]', '[MASK]']);
    expect(tokenizer.truncationLimit).toBeUndefined();
  });
});

describe('the vocabulary', () => {
  const tokenizer = tokenizerWith();
  it.each([
    ['server', 5],
    ['😀', 7],
    ['nobody', undefined],
    ['', undefined],
  ])('finds %j as %s', (text, id) => {
    expect(tokenizer.findId(text)).toBe(id);
    if (id !== undefined) expect(tokenizer.findText(id)).toBe(text);
  });

  it('has no text for an id beyond it', () => {
    expect(tokenizer.vocabularySize).toBe(10);
    expect(tokenizer.findText(10)).toBeUndefined();
  });
});

describe('decode', () => {
  it.each([
    [false, '[CLS] the 😀 [SEP]'],
    [true, 'the 😀'],
  ])('with skipSpecial %s', (skipSpecial, expected) => {
    expect(tokenizerWith().decode([1, 4, 7, 2], { skipSpecial })).toBe(expected);
  });

  it('joins the pieces of a stream to the decoded text', () => {
    const stream = tokenizerWith().decodeStream({ skipSpecial: true });
    expect([1, 4, 8, 5].map((id) => stream.step(id))).toEqual(['', 'the', '', ' \uFFFD server']);
    expect(stream.end()).toBe('');
  });
});

describe('a tokenizer.json that cannot be used', () => {
  it.each([
    ['no bytes', new Uint8Array(0), 'EOF while parsing a value'],
    ['no JSON', new TextEncoder().encode('<html>'), 'expected value at line 1 column 1'],
    ['no UTF-8', new Uint8Array(99).fill(255), 'expected value'],
    ['a part of it', tokenizerJson().subarray(0, 400), 'EOF while parsing'],
    ['other JSON', new TextEncoder().encode('{}'), 'Model missing'],
    ['an unknown model', tokenizerJson({ model: { type: 'New', vocab: {} } }), 'ModelUntagged'],
    [
      'a broken expression',
      tokenizerJson({ pre_tokenizer: { type: 'Split', pattern: { Regex: '(a' }, behavior: 'Isolated', invert: false } }),
      'Opening parenthesis',
    ],
    ['a panic of the library', tokenizerJson({ normalizer: { type: 'Precompiled', precompiled_charsmap: '////////////' } }), 'capacity overflow'],
  ])('is refused with its reason: %s', (_, json, reason) => {
    const { code, message } = problemOf(() => createTokenizer(tokenizerModule, json));
    expect(code).toBe('tokenizerBroken');
    expect(message).toContain(reason);
  });

  it('is refused unread when it is too large', () => {
    expect(problemOf(() => createTokenizer(tokenizerModule, { length: 2 ** 30 } as Uint8Array)).message).toContain('1024 MB');
  });

  it('fails for the text that it cannot encode and works for the next', () => {
    const tokenizer = tokenizerWith({ model: { type: 'WordLevel', vocab: { the: 0 }, unk_token: 'none' }, added_tokens: [], post_processor: null });
    expect(problemOf(() => tokenizer.encode('zzz')).message).toContain('Missing [UNK] token');
    expect(tokenizer.encode('the').tokens).toHaveLength(1);
  });

  it('is loaded again after a panic', () => {
    const tokenizer = tokenizerWith({ pre_tokenizer: { type: 'FixedLength', length: 0 } });
    expect(problemOf(() => tokenizer.encode('the')).message).toContain('chunk size must be non-zero');
    expect(tokenizer.encode('').tokens).toHaveLength(2);
  });
});

describe('hostile input', () => {
  it.each([
    ['backtracking without end', '(?:(a|aa)+)(?=x)', `${'a'.repeat(60)}!`],
    ['backtracking without end, from a long text', '(a*)*\\1b', 'a'.repeat(5000)],
    ['one slow match attempt', '(?=.*x)a', 'aaaa '.repeat(40_000)],
  ])('an expression that would not end is refused: %s', { timeout: 15_000 }, (_, regex, text) => {
    const tokenizer = splittingTokenizer(regex);
    expect(problemOf(() => tokenizer.encode(text)).message).toMatch(/gives up on this text|takes too long on this text/);
    expect(tokenizer.encode('the').tokens).not.toHaveLength(0);
  });

  it('a normalizer that makes the text grow without end is refused', () => {
    const twice = { type: 'Replace', pattern: { String: 'a' }, content: 'aa' };
    const tokenizer = tokenizerWith({ normalizer: { type: 'Sequence', normalizers: Array.from({ length: 40 }, () => twice) } });
    expect(problemOf(() => tokenizer.encode('a')).message).toContain('64 times as long');
  });

  it('a text beyond the memory of the module is refused', () => {
    expect(problemOf(() => tokenizerWith().encode('a'.repeat(8_000_001))).code).toBe('textTooLarge');
  });
});
