import { describe, expect, it } from 'vitest';
import type { InputDescription } from '../../../../src/core/modelDescription';
import { problem } from '../../../../src/core/problem';
import { fedLines, givenText, inputFacts, inputWords } from '../../../../src/present/words/inputWords';

const input = (name: string, change: Partial<InputDescription> = {}): InputDescription => ({
  name,
  role: 'attentionMask',
  why: 'joins the scores',
  value: '1 = read, 0 = padding (tried)',
  evidence: 'tried',
  ...change,
});
const open = input('langs', { role: 'unknown', why: 'it picks one of 20 languages', value: null, evidence: null });
const given = { ...open, value: 'as you gave it', evidence: 'given' } as const;
const past = [0, 1].map((layer) => input(`past.${layer}.key`, { role: 'pastKeyValue', value: 'nothing', evidence: 'graph' }));
const refusal = problem('inputUnknown', { input: 'langs', reason: open.why });
const maskBroken = problem('maskBroken', { input: 'attention_mask' });

describe('which inputs have a field', () => {
  it.each([
    ['what is tried', input('m'), null, [false, false]],
    ['what nothing shows', open, refusal, [true, true]],
    ['what nothing shows, where texts run', open, null, [true, false]],
    ['what is assumed', input('m', { evidence: 'assumed' }), null, [true, false]],
    ['what the user gave', given, null, [true, false]],
    ['the mask that the model is refused for', input('attention_mask', { evidence: 'graph' }), maskBroken, [true, true]],
    ['another input than the one of the refusal', input('mask'), maskBroken, [false, false]],
  ] as const)('%s', (_, one, why, expected) => {
    const [row] = inputWords({ inputs: [one], refusal: why });
    expect([row?.isOpen, row?.isWanted]).toEqual(expected);
  });

  it('not what is only assumed because another input is in the way of every run', () => {
    const rows = inputWords({ inputs: [input('m', { evidence: 'assumed' }), open], refusal });
    expect(rows.map(({ isOpen }) => isOpen)).toEqual([false, true]);
  });

  it('one each, also for those that differ in a number only', () => {
    expect(inputWords({ inputs: past, refusal: null }).map(({ name }) => name)).toEqual(['past.….key (2)']);
    const assumed = past.map((one) => ({ ...one, evidence: 'assumed' as const }));
    expect(inputWords({ inputs: assumed, refusal: null }).map(({ name }) => name)).toEqual(['past.0.key', 'past.1.key']);
  });
});

describe('inputs in words', () => {
  it.each([
    [inputFacts({ inputs: [input('m')], refusal: null }), ['m: attention mask; 1 = read, 0 = padding (tried); joins the scores']],
    [inputFacts({ inputs: [open], refusal }), ['langs: unknown; not known what to feed; it picks one of 20 languages']],
    [inputFacts({ inputs: [input('m', { value: '1 = read', evidence: 'assumed' })], refusal }), ['m: attention mask; 1 = read (assumed); joins the scores']],
    [inputWords({ inputs: [open, { ...given, name: 'task' }, input('m')], refusal }).map(({ restsOn }) => restsOn), ['nothing', 'you', 'runs on a short text']],
    [fedLines([input('m'), ...past]), ['m: 1 = read, 0 = padding (tried)', 'past.….key (2): nothing']],
    [givenText([input('m')], { langs: '3' }), undefined],
    [givenText([given], { langs: '3' }), 'langs = 3 as you gave it'],
    [givenText([given], { langs: `[${'3, '.repeat(20)}3]` }), 'langs as you gave it'],
    [givenText([given, { ...given, name: 'task' }], { langs: '3', task: '0' }), 'langs = 3, task = 0 as you gave them'],
  ])('%j', (written, expected) => expect(written).toEqual(expected));
});
