import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../../src/core/problem';
import type { Token } from '../../../../src/core/token';
import { readModelText, type TextRules } from '../../../../src/engine/text/modelText';
import type { Tokenizer } from '../../../../src/tokenizer/createTokenizer';
import { withEnds } from '../../../../src/tokenizer/withEnds';

/** One token per word, id = its length, between 1 and 2; a pair is closed by another 2. */
const tokenizer = {
  encode(text: string, pair?: string) {
    const special = (id: number): Token => ({ id, text: `<${id}>`, start: 0, end: 0, isSpecial: true, sequence: null, typeId: 0 });
    const inner = (part: string, sequence: 0 | 1): Token[] =>
      [...part.matchAll(/\S+/g)].map((match) => ({
        id: match[0].length,
        text: match[0],
        start: match.index,
        end: match.index + match[0].length,
        isSpecial: false,
        sequence,
        typeId: sequence,
      }));
    return { tokens: [special(1), ...inner(text, 0), special(2), ...(pair === undefined ? [] : [...inner(pair, 1), special(2)])] };
  },
  findText: (id: number) => `<${id}>`,
  modelFacts: () => ({ unknownId: 13, hasTemplate: true }),
} as unknown as Tokenizer;

const rules: TextRules = { limit: 6, targetLimit: 6, vocabularySize: 20, needsTarget: false };
const spellings = (tokens: readonly Token[] | undefined) => tokens?.map((token) => token.text).join(' ');
const failure = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return error instanceof ProblemError ? error.problem.code : error;
  }
  return 'none';
};

describe('readModelText', () => {
  it('cuts whole tokens and keeps the closing ones', () => {
    const text = readModelText(tokenizer, { text: 'aa bb cc dd ee ff', truncate: true }, rules);
    expect(spellings(text.source)).toBe('<1> aa bb cc dd <2>');
    expect(text.truncated).toEqual({ usedTokens: 6, allTokens: 8, usedCharacters: 11 });
  });
  it.each([
    ['in the middle', 'ff', 'dd ee ff gg', { token: 4, character: 9 }],
    ['at the beginning', 'bb', 'aa bb cc dd', undefined],
    ['at the end', 'hh', 'ee ff gg hh', { token: 5, character: 12 }],
    ['behind the end', '', 'ee ff gg hh', { token: 5, character: 12 }],
  ])('cuts the part around a place %s, with ranges in the whole text', (_, word, expected, from) => {
    const long = 'aa bb cc dd ee ff gg hh';
    const { source, truncated } = readModelText(tokenizer, { text: long, truncate: true, around: word === '' ? 99 : long.indexOf(word) }, rules);
    expect(spellings(source)).toBe(`<1> ${expected} <2>`);
    const own = source.filter((token) => !token.isSpecial);
    expect(own.map(({ start, end }) => long.slice(start, end)).join(' ')).toBe(expected);
    expect(truncated).toEqual({ usedTokens: 6, allTokens: 10, usedCharacters: 11, ...(from && { from }) });
  });
  it('leaves a text whole that fits, whatever the place', () => {
    expect(readModelText(tokenizer, { text: 'aa bb', truncate: true, around: 4 }, rules)).toMatchObject({ truncated: null });
    expect(failure(() => readModelText(tokenizer, { text: 'aa bb', truncate: true, around: 0 }, { ...rules, limit: 2 }))).toBe('textTooLong');
  });
  it('keeps tokens that the configuration asks for, and counts them', () => {
    const ended = withEnds(tokenizer, { bos: { id: 8, text: '<8>' }, eos: { id: 9, text: '<9>' } });
    const text = readModelText(ended, { text: 'aa bb cc dd ee ff', truncate: true }, rules);
    expect(spellings(text.source)).toBe('<8> <1> aa bb <2> <9>');
    expect(text.truncated).toEqual({ usedTokens: 6, allTokens: 10, usedCharacters: 5 });
    expect(failure(() => readModelText(ended, { text: 'aa bb cc', truncate: false }, rules))).toBe('textTooLong');
  });
  it('says when the words are unknown', () => {
    const of = (text: string) => readModelText(tokenizer, { text, truncate: false }, rules).notes.map((note) => note.text);
    expect([of('abcdefghijklm'), of('abc')]).toEqual([['1 of 1 word is unknown to this model'], []]);
  });
  it('cuts the longer text of a pair first', () => {
    const text = readModelText(tokenizer, { text: 'aa bb cc dd', pair: 'xx yy', truncate: true }, { ...rules, limit: 7 });
    expect(spellings(text.source)).toBe('<1> aa bb <2> xx yy <2>');
  });
  it('refuses a pair where nothing stands between the texts', () => {
    const plain = {
      ...tokenizer,
      encode: (text: string, pair?: string) => ({ tokens: tokenizer.encode(text, pair).tokens.filter((token) => !token.isSpecial) }),
    };
    expect(failure(() => readModelText(plain as Tokenizer, { text: 'aa', pair: 'bb', truncate: false }, rules))).toBe('pairUnused');
    expect(failure(() => readModelText(plain as Tokenizer, { text: 'aa', truncate: false }, rules))).toBe('none');
  });
  it("starts a target with the decoder's token and drops its closing one", () => {
    const text = readModelText(tokenizer, { text: 'aa', target: 'bb cc', truncate: false }, { ...rules, decoderStart: 9, endOfText: 2 });
    expect(spellings(text.target)).toBe('<9> <1> bb cc');
  });
  it('puts the start token there once', () => {
    const text = readModelText(tokenizer, { text: 'aa', target: 'bb cc', truncate: false }, { ...rules, decoderStart: 1, endOfText: 2 });
    expect(spellings(text.target)).toBe('<1> bb cc');
  });
  const decoding = { ...rules, decoderStart: 9, endOfText: 3, limit: 20 };
  it('keeps a target with its start token within the limit', () => {
    const text = readModelText(tokenizer, { text: 'aa', target: 'bb cc dd ee', truncate: true }, decoding);
    expect(spellings(text.target)).toBe('<9> <1> bb cc dd <2>');
  });
  it('tells the cut of the text and of the target', () => {
    const text = readModelText(tokenizer, { text: 'aa bb cc dd ee', target: 'aa bb cc dd ee ff', truncate: true }, { ...decoding, limit: 6 });
    expect([text.truncated?.allTokens, text.truncatedTarget?.allTokens]).toEqual([7, 8]);
  });
  const refusals: readonly (readonly [string, () => unknown])[] = [
    ['textEmpty', () => readModelText(tokenizer, { text: ' \n', truncate: true }, rules)],
    ['textTooLong', () => readModelText(tokenizer, { text: 'a b c d e', truncate: false }, rules)],
    ['textTooLong', () => readModelText(tokenizer, { text: 'a b c d e', truncate: true }, { ...rules, limit: 2 })],
    ['textTooLong', () => readModelText(tokenizer, { text: 'a', target: 'b c d e', truncate: false }, { ...rules, decoderStart: 9, endOfText: 3 })],
    ['tokenizerMismatch', () => readModelText(tokenizer, { text: 'abcdefghijklmnopqrstuvwxyz', truncate: false }, rules)],
    ['targetUnused', () => readModelText(tokenizer, { text: 'a', target: 'b', truncate: false }, rules)],
    ['targetMissing', () => readModelText(tokenizer, { text: 'a', truncate: false }, { ...rules, decoderStart: 9, needsTarget: true })],
  ];
  it.each(refusals)('refuses with %s', (code, work) => expect(failure(work)).toBe(code));
});
