import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Question } from '../../../../src/core/question';
import { pack } from '../../../../src/core/tensorPack';
import { unflat } from '../../../support/flatState';
import { runOf, viewOf } from '../../present/fixtures';

const written = vi.hoisted(() => ({ clipboard: [] as string[], warnings: [] as string[] }));
vi.mock('vscode', () => ({
  env: { clipboard: { writeText: async (text: string) => written.clipboard.push(text) } },
  window: { setStatusBarMessage: () => undefined, showWarningMessage: async (text: string) => written.warnings.push(text) },
}));
const { Copies } = await import('../../../../src/host/export/copies');

const weights = Float32Array.from({ length: 25 }, (_, i) => Math.fround(i / 7));
const state = unflat({
  phase: { name: 'ready' },
  model: null,
  modelLabel: 'm',
  given: {},
  selection: null,
  run: runOf(),
  view: viewOf(),
  problem: null,
  specialTokens: 'dim',
});
const asked: Question[] = [];
const engine = {
  read: async (question: Question) => {
    asked.push(question);
    return { ok: true as const, value: pack([{ name: 'values', dims: [5, 5], data: weights }]) };
  },
};
const copiesOf = (shown: typeof state) => new Copies({ state: shown, subject: shown.subjects[0] } as never, engine as never);
const last = () => written.clipboard.at(-1);

beforeEach(() => {
  written.clipboard.length = 0;
  written.warnings.length = 0;
});

describe('copying', () => {
  it('takes the cell that was pointed at, to the last bit', async () => {
    await copiesOf(state).cell({ query: 1, key: 3, webviewSection: 'cell' });
    expect(Math.fround(Number(last()))).toBe(weights[8]);
    expect(asked.map((one) => one.of === 'activation' && `${one.activation} ${one.head}`)).toEqual(['pattern 1', 'scores 1']);
  });

  it('takes the row of the focus where none was pointed at', async () => {
    await copiesOf(state).row(undefined);
    expect(last()?.split('\n')[1]?.split('\t')[0]).toBe('server');
    await copiesOf(state).row({ query: 1 });
    expect(last()?.split('\n')[1]?.split('\t')[0]).toBe('crashed');
  });

  it.each([
    ['tsv', /^\t\[CLS\]\tcrashed/],
    ['markdown', /^\| {2}\| \\\[CLS\\\] \| crashed/],
    ['numpy', /^# Attention weights of L1H1 \(m\)/],
  ] as const)('writes the table as %s', async (form, start) => {
    await copiesOf(state).table(form);
    expect(last()).toMatch(start);
  });

  it.each([
    ['a token that is gone', state, { query: 99, key: 1 }, /No cell was pointed at/],
    ['no place at all', state, 'x', /No cell was pointed at/],
    [
      'no run',
      unflat({ phase: { name: 'idle' }, model: null, modelLabel: '', given: {}, selection: null, run: null, view: null, problem: null, specialTokens: 'dim' }),
      {},
      /no numbers to copy/,
    ],
  ])('copies nothing of %s, and says so', async (_, shown, place, said) => {
    await copiesOf(shown).cell(place);
    expect(written.clipboard).toEqual([]);
    expect(written.warnings[0]).toMatch(said);
  });
});
