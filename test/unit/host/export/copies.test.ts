import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Question } from '../../../../src/core/question';
import { pack } from '../../../../src/core/tensorPack';
import { flat, unflat } from '../../../support/flatState';
import { runOf, siteOf, tokensOf, viewOf } from '../../present/fixtures';

const written = vi.hoisted(() => ({ clipboard: [] as string[], said: [] as string[], warnings: [] as string[] }));
vi.mock('vscode', () => ({
  env: { clipboard: { writeText: async (text: string) => written.clipboard.push(text) } },
  window: { setStatusBarMessage: (text: string) => written.said.push(text), showWarningMessage: async (text: string) => written.warnings.push(text) },
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

  it('says which tokens are copied and not drawn, and what is masked', async () => {
    await copiesOf({ ...state, specialTokens: 'hide' }).table('tsv', { runId: 7, query: 1 });
    expect(written.said.at(-1)).toBe('Copied 5 × 5 weights, with 2 special tokens that the picture hides');
    const causal = unflat({ ...flat(state), run: runOf({ sites: [siteOf(0), siteOf(1, { isCausal: true })] }) });
    weights[8] = 0;
    await copiesOf(causal).cell({ runId: 7, query: 1, key: 3 });
    expect([last(), written.said.at(-1)]).toEqual(['0', 'Copied crashed → server (masked)']);
  });

  it('names the model whose numbers they are, whatever is chosen while they are read', async () => {
    const inspection = { state, subject: state.subjects[0] };
    const work = new Copies(inspection as never, engine as never).table('numpy');
    inspection.state = unflat({ ...flat(state), modelLabel: 'other' });
    inspection.subject = inspection.state.subjects[0];
    await work;
    expect(last()).toContain('(m)');
  });

  it('copies no table that is too large for a clipboard, and nothing of a run that is gone', async () => {
    const many = tokensOf(Array(2001).fill('a'));
    const reader = {
      read: async () => ({ ok: true as const, value: pack([{ name: 'values', dims: [many.length ** 2], data: new Float32Array(many.length ** 2) }]) }),
    };
    const large = unflat({ ...flat(state), run: runOf({ tokens: { source: many } }) });
    await new Copies({ state: large, subject: large.subjects[0] } as never, reader as never).table('tsv');
    const gone = { read: () => Promise.reject(new Error('It was cancelled.')) };
    await new Copies({ state, subject: state.subjects[0] } as never, gone as never).table('tsv');
    expect(written.warnings).toEqual([expect.stringContaining('4,004,001 numbers'), expect.stringContaining('It was cancelled.')]);
    expect(written.clipboard).toEqual([]);
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
    ['a cell of another run', state, { runId: 6, query: 1, key: 1 }, /Another text or model has taken the place/],
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
