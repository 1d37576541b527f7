// What the panel says, word by word.

import { describe, expect, it } from 'vitest';
import { badgeOf, type Check } from '../../../../src/core/check';
import { candidateBeside, candidatesFor, candidateText } from '../../../../src/present/heads/candidates';
import { headTitle } from '../../../../src/present/heads/headWords';
import { barsModel, largestContent, specialShare } from '../../../../src/present/map/barsModel';
import { badgeDetail, failureReasons, identityLines } from '../../../../src/present/words/badgeWords';
import { countText, deviationText, limitText, ordinalText, percentText, weightText } from '../../../../src/present/words/numbers';
import { caption, largestText, overviewScaleText, readout, restingPlaceText, specialShareText, textOf } from '../../../../src/present/words/panelWords';
import { decoderNote, paddedText, truncatedText } from '../../../../src/present/words/runWords';
import { runOf, siteOf, spellings, tokensOf, viewOf } from '../fixtures';

describe('numbers', () => {
  it.each([
    [weightText(0.8431), '0.843'],
    [weightText(0.0001), '<0.001'],
    [weightText(0), '0.000'],
    [limitText(0.97), '0.97'],
    [limitText(1), '1'],
    [limitText(0.0123), '0.012'],
    [deviationText(3.1e-7), '3.1e−7'],
    [deviationText(0), '0'],
    [deviationText(1.83), '1.8'],
    [percentText(0.706), '71 %'],
    [percentText(0.001), '<1 %'],
    [percentText(0.996), '>99 %'],
    [percentText(1), '100 %'],
    [countText(1930), '1,930'],
    [countText(512), '512'],
    [[1, 2, 3, 4, 11, 12, 13, 21, 102, 111].map(ordinalText).join(' '), '1st 2nd 3rd 4th 11th 12th 13th 21st 102nd 111th'],
  ])('%s', (written, expected) => expect(written).toBe(expected));
});

describe('the share of special tokens', () => {
  // As written beside it: 50 % is not more than half.
  it.each([
    [0.5, '50 %', false],
    [0.502, '50 %', false],
    [0.5049, '50 %', false],
    [0.506, '51 %', true],
    [0.71, '71 %', true],
  ])('%f is written %s', (share, written, isHalf) => {
    expect(specialShareText({ share, spellings: ['[CLS]'] })).toContain(written);
    expect(restingPlaceText({ share, spellings: ['[CLS]'] }) !== undefined).toBe(isHalf);
  });
});

describe('caption', () => {
  const said = (...given: Parameters<typeof caption>) => textOf(caption(...given));
  const several = [siteOf(0), siteOf(1), siteOf(0, { tower: 'decoder' }), siteOf(1, { tower: 'decoder', kind: 'cross' })];
  const first = runOf().firstSight;
  const only = { ...first, candidates: [], chosenBy: 'only' as const };
  it.each([
    [said(runOf(), viewOf(), 'server'), 'L1H1 of 4, brings most to server, beyond what it brings to other words'],
    [said(runOf(), viewOf({ head: 0 }), 'server'), 'L1H0 of 4, 2nd of 2 that bring most to server, beyond what each brings to other words'],
    // Another focus, of which nothing is known yet.
    [said(runOf(), viewOf({ focus: 1 }), 'crashed'), 'L1H1 of 4, focus crashed'],
    [said(runOf(), viewOf({ site: siteOf(0), head: 0 }), 'server'), 'L0H0 of 4, focus server'],
    [said(runOf(), viewOf({ isPinned: true }), 'server'), 'L1H1 of 4, pinned · focus server'],
    [said(runOf(), viewOf({ head: null }), 'server'), 'mean of L1: all 2 heads of this layer (encoder self), not renormalised · focus server'],
    [said(runOf({ firstSight: { ...first, chosenBy: 'fewWords' } }), viewOf(), 'server'), 'L1H1 of 4, brings most to server (too few words to compare with)'],
    [
      said(runOf({ firstSight: { ...first, chosenBy: 'nothingBeyond' } }), viewOf(), 'server'),
      'L1H1 of 4, brings most to server (no head brings it more than it brings other words)',
    ],
    [
      said(runOf({ firstSight: { ...first, whyWeights: 'no W_O in the file' } }), viewOf(), 'server'),
      'L1H1 of 4, reads most for server, beyond what it reads for other words (by weights alone: no W_O in the file)',
    ],
    [
      said(runOf({ firstSight: { ...first, movedFrom: 'Crashed' } }), viewOf(), 'server'),
      'L1H1 of 4, brings most to server, beyond what it brings to other words · Crashed comes first and reads no other word',
    ],
    [
      said(runOf({ sites: several }), viewOf({ site: { tower: 'decoder', layer: 1, kind: 'cross' }, isPinned: true }), 'Jane'),
      'D·L1H1× of 2, pinned · focus Jane',
    ],
    [said(runOf({ firstSight: only }), viewOf(), 'server'), 'L1H1 of 4, the first head, as there is nothing to compare · focus server'],
    [
      said(runOf({ sites: [siteOf(1, { isCausal: true })], firstSight: only }), viewOf(), 'server'),
      'L1H1 of 2, the first head, as no word that it could read stands before server · focus server',
    ],
  ])('%s', (written, expected) => expect(written).toBe(expected));
});

describe('the candidates', () => {
  const run = runOf();
  const candidates = candidatesFor(run, viewOf());
  it('are those of the focus that is looked at', () => {
    expect(candidates.map((one) => candidateText(run, one, 'crashed'))).toEqual(['L1H1 → crashed 0.500', 'L1H0 → crashed 0.500']);
    expect(candidatesFor(run, viewOf({ focus: 1 }))).toEqual([]);
    expect(candidatesFor(run, viewOf({ site: { tower: 'decoder', layer: 1, kind: 'self' } }))).toEqual([]);
  });
  it('go round and round', () => {
    const beside = (step: 1 | -1, change = {}) => candidateBeside(candidates, viewOf(change), step);
    expect([beside(1), beside(-1), beside(1, { head: 0 }), beside(1, { head: null }), beside(-1, { head: null })]).toEqual([1, 1, 0, 0, 1]);
    expect(candidateBeside([], viewOf(), 1)).toBeUndefined();
    // Of two, one step on and one step back are the same place.
    const three = [...candidates, { ...candidates[0], site: siteOf(0) } as (typeof candidates)[number]];
    expect([1, -1].map((step) => candidateBeside(three, viewOf(), step as 1 | -1))).toEqual([1, 2]);
  });
});

describe('heads and towers', () => {
  const measured = (values: readonly (number | null)[], change = {}) =>
    headTitle(runOf({ firstSight: { ...runOf().firstSight, measures: [{ site: siteOf(1), values }] }, ...change }), siteOf(1), 1);
  const towers = (...names: readonly ('encoder' | 'decoder')[]) => ({
    needsTarget: false,
    towers: names.map((tower) => ({ tower, layerCount: 1, sites: [], blocks: [], available: [], absent: [] })),
  });
  const note = 'Only the encoder is shown. The decoder needs a text of its own: so far on the command line, capture --target.';
  it.each([
    [measured([0, 0.25]), 'L1H1 · brings 0.250 to server beyond other words (length relative to its residual stream)'],
    [measured([0, null]), 'L1H1'],
    [
      measured([0, 0.25], { sites: [siteOf(1), siteOf(1, { tower: 'decoder' })] }),
      'E·L1H1 · brings 0.250 to server beyond other words (length relative to its residual stream)',
    ],
    [decoderNote(towers('encoder', 'decoder'), runOf()), note],
    [decoderNote({ ...towers('encoder'), needsTarget: true }, runOf()), note],
    [decoderNote(towers('encoder', 'decoder'), runOf({ target: 'la casa' })), undefined],
    [decoderNote(towers('decoder'), runOf({ sites: [siteOf(0, { tower: 'decoder' })] })), undefined],
    [decoderNote(towers('encoder'), runOf()), undefined],
  ])('%s', (written, expected) => expect(written).toBe(expected));
});

describe('notes and readout', () => {
  const row = Float32Array.of(0.4, 0.2, 0.05, 0.04, 0.31);
  const tokens = tokensOf(spellings);
  const share = specialShare(row, tokens);
  it.each([
    [share && specialShareText(share), '[CLS] + [SEP] take 71 % of this row.'],
    [share && restingPlaceText(share), 'More than half: such rows are often a resting place, of a head that finds nothing to read.'],
    [restingPlaceText({ share: 0.5, spellings: ['[CLS]'] }), undefined],
    [specialShareText({ share: 0.001, spellings: ['[BOS]'] }), '[BOS] takes <1 % of this row.'],
    [textOf(largestText('crashed', 0.843)), 'Largest weight: crashed 0.843'],
    [textOf(largestText('crashed', 0.243, false)), 'Largest weight beside special tokens: crashed 0.243'],
    [overviewScaleText({ min: 0, max: 0.86 }, { isPooled: false, isCausal: false }), 'one scale, 0 … 0.86 (99.5th percentile), special tokens apart'],
    [
      overviewScaleText({ min: 0, max: 0.86 }, { isPooled: true, isCausal: false }),
      'one scale, 0 … 0.86 (99.5th percentile of the dots), special tokens apart, each dot the largest weight of its tile',
    ],
    [
      overviewScaleText({ min: 0, max: 0.86 }, { isPooled: false, isCausal: true }),
      'one scale, 0 … 0.86 (99.5th percentile), special tokens apart, masked cells drawn as 0',
    ],
    [paddedText(1024), 'padded to 1,024 tokens'],
    [truncatedText({ usedTokens: 512, allTokens: 1930, usedCharacters: 1 }), 'first 512 of 1,930 tokens'],
    [truncatedText({ usedTokens: 512, allTokens: 1930, usedCharacters: 1, from: { token: 700, character: 9 } }), '512 of 1,930 tokens, from the 701st on'],
    [readout({ queryLabel: 'server', keyLabel: 'crashed', weight: 0.843, isMasked: false, rank: 1, of: 9 }).body, 'weight 0.843 · 1st of 9'],
    [
      readout({ queryLabel: 'server', keyLabel: 'crashed', weight: 0.843, isMasked: false, score: -5.065, rank: 2, of: 9 }).body,
      'weight 0.843 · score −5.065 · 2nd of 9',
    ],
    [readout({ queryLabel: 'a', keyLabel: 'b', weight: 0, isMasked: true, rank: 1, of: 9 }).body, 'masked: this row cannot look there'],
  ])('%s', (written, expected) => expect(written).toBe(expected));

  it('gives bars largest first, without masked keys', () => {
    expect(barsModel(row, tokens, (key) => key === 4, 3).map((bar) => [bar.key, bar.isSpecial])).toEqual([
      [0, true],
      [1, false],
      [2, false],
    ]);
    expect(largestContent(row, tokens, () => false)?.key).toBe(1);
    expect(largestContent(row, tokens, (key) => key === 1)?.key).toBe(2);
    expect(specialShare(Float32Array.of(1), tokensOf(['a']))).toBeUndefined();
  });
});

describe('badge', () => {
  const site = { tower: 'encoder', layer: 0, kind: 'self' } as const;
  const check = (change: Partial<Check>): Check => ({
    identity: 'softmax',
    site,
    state: 'holds',
    absolute: 1e-7,
    relative: 3.1e-7,
    tolerance: 1e-4,
    ...change,
  });
  const other = { ...site, layer: 1 };
  const detail = (checks: readonly Check[]) => Object.values(badgeDetail(badgeOf(checks), checks)).join('');
  it.each([
    [detail([check({}), check({ site: other }), check({ identity: 'mix' })]), '2 of 2 identities · worst 3.1e−7'],
    [detail([check({}), check({ site: other, state: 'not run', reason: 'absent' })]), '0 of 1 identities · worst 3.1e−7'],
    [detail([check({ state: 'not run', reason: 'absent' })]), '0 of 1 identities'],
    [identityLines([check({}), check({ site: other })])[0]?.detail, 'holds at 2 of 2 sites, worst 3.1e−7'],
    [
      identityLines([check({}), check({ site: other, state: 'not run', reason: 'absent' })])[0]?.detail,
      'holds at 1 of 2 sites, worst 3.1e−7, elsewhere it did not run: absent',
    ],
    [identityLines([check({ rows: { compared: 32, of: 128 } })])[0]?.detail, 'holds, worst 3.1e−7, 32 of 128 rows compared'],
    [
      identityLines([check({ identity: 'outputs', site: null, reason: 'compared once, with the first text' })])[0]?.detail,
      'holds, worst 3.1e−7, compared once, with the first text',
    ],
    [identityLines([check({ identity: 'outputs', state: 'not run', isComing: true, reason: 'soon' })])[0]?.detail, 'comparing …'],
    [identityLines([check({ state: 'failed', relative: 0.5 })])[0]?.detail, 'fails at encoder.0.self: off by 0.50, allowed 1.0e−4'],
    [
      failureReasons(site, [check({ state: 'failed', relative: 0.5 }), check({ site: other, state: 'failed' })]).join(),
      '“softmax(scores) = attention weights” is off by 0.50 (allowed 1.0e−4).',
    ],
    [
      identityLines([check({ state: 'failed', relative: 0.5, reason: 'its rows lie on padding' })])[0]?.detail,
      'fails at encoder.0.self: off by 0.50, allowed 1.0e−4, its rows lie on padding',
    ],
  ])('%s', (written, expected) => expect(written).toBe(expected));

  it('says of the inputs what each was fed, and no deviation', () => {
    const inputs = [
      { name: 'attention_mask', role: 'attentionMask', why: '', value: '1 = read, 0 = padding (tried)', evidence: 'tried' },
      { name: 'position_ids', role: 'positionIds', why: '', value: '2, 3, 4 … (padding index + 1)', evidence: 'configured' },
    ] as const;
    const parts = ['attention_mask: 1 = read, 0 = padding (tried)', 'position_ids: 2, 3, 4 … (padding index + 1)'];
    const own = check({ identity: 'inputs', site: null, relative: 0, reason: 'tried with a short text' });
    const line = (change: Partial<Check>) => identityLines([check({}), { ...own, ...change }], inputs).map(({ detail, parts }) => [detail, parts]);
    expect(line({})).toEqual([
      ['holds, worst 3.1e−7', []],
      ['holds, tried with a short text', parts],
    ]);
    expect(line({ state: 'not run', reason: 'langs as you gave it' })[1]).toEqual(['did not run: langs as you gave it', parts]);
  });
});
