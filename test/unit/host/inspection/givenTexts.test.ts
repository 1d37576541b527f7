import { describe, expect, it } from 'vitest';
import { GivenMemory, givenInputsOf, givenKey, whyUnreadable, withGiven } from '../../../../src/host/inspection/givenTexts';

describe('what a user writes for an input', () => {
  it.each([
    ['', undefined],
    [' 3 ', undefined],
    ['[[1, 1, 0]]', undefined],
    ['three', '"three" is no number and no JSON list'],
    ['[1, [2]]', expect.stringContaining('not of one shape')],
    [`[${'1,'.repeat(150_000)}1]`, expect.stringContaining('more than 200,000 characters')],
  ])('%.12s', (written, reason) => expect(whyUnreadable(written)).toEqual(reason));

  it('is added, replaced and taken away', () => {
    const one = withGiven({}, 'langs', ' 3 ');
    expect(one).toEqual({ langs: '3' });
    expect(withGiven(one, 'langs', '4')).toEqual({ langs: '4' });
    expect(withGiven(one, 'langs', ' ')).toEqual({});
  });

  it('is one key whatever the order', () => expect(givenKey({ a: '1', b: '2' })).toBe(givenKey({ b: '2', a: '1' })));

  it('becomes numbers for the engine', () => {
    expect(givenInputsOf({ a: '3', b: '[1, 0]' })).toEqual({ a: { values: [3] }, b: { values: [1, 0], dims: [2] } });
    expect(givenInputsOf({})).toBeUndefined();
  });
});

describe('the memory of a workspace', () => {
  const memoryOf = (stored: unknown) => new GivenMemory({ get: () => stored, update: async () => undefined });
  it.each([
    [undefined, {}],
    ['text', {}],
    [{ '/m': 'text' }, {}],
    [{ '/m': { langs: 3, mask: '1', other: 'no number' } }, { mask: '1' }],
    [{ '/other': { mask: '1' } }, {}],
  ])('holds %j', (stored, texts) => expect(memoryOf(stored).textsOf('/m')).toEqual(texts));
});
