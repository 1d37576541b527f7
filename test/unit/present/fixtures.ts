// Small tokens, runs and views for tests of the view models. The weights are planted so that every expected number is plain to see.

import type { Check } from '../../../src/core/check';
import { badgeOf } from '../../../src/core/check';
import type { View } from '../../../src/core/inspection';
import type { RunSite, SeenRun } from '../../../src/core/run';
import type { Token } from '../../../src/core/token';

/** Tokens of a text of words; bracketed ones are special. */
export function tokensOf(spellings: readonly string[], text = spellings.filter((word) => !word.startsWith('[')).join(' ')): Token[] {
  let at = 0;
  return spellings.map((spelling, id) => {
    const isSpecial = spelling.startsWith('[');
    const start = isSpecial ? 0 : text.indexOf(spelling, at);
    const end = isSpecial ? 0 : start + spelling.length;
    if (!isSpecial) at = end;
    return { id, text: spelling, start, end, isSpecial, sequence: isSpecial ? null : 0, typeId: 0 };
  });
}

export function siteOf(layer: number, change: Partial<RunSite> = {}): RunSite {
  const base = {
    tower: 'encoder',
    layer,
    kind: 'self',
    headCount: 2,
    kvHeadCount: 2,
    headSize: 4,
    isCausal: false,
    queryTokens: 'source',
    keyTokens: 'source',
  } as const;
  return { ...base, recognisedAs: 'decomposed', isTrusted: true, ...change };
}

export const spellings = ['[CLS]', 'crashed', 'the', 'server', '[SEP]'];

export function runOf(change: Partial<SeenRun> = {}, checks: readonly Check[] = []): SeenRun {
  const sites = [siteOf(0), siteOf(1)];
  const candidates = [1, 0].map((head) => ({ site: { tower: 'encoder', layer: 1, kind: 'self' } as const, head, key: 1, weight: 0.5, measure: 0.2 }));
  const firstSight = { site: siteOf(1), head: 1, candidates, focus: 3, focusTokens: [3], focusWord: 'server', chosenBy: 'beyond' as const, measures: [] };
  const base = {
    runId: 7,
    text: 'crashed the server',
    pair: null,
    target: null,
    tokens: { source: tokensOf(spellings) },
    sites,
    badge: badgeOf(checks),
    checks,
    inputs: [],
  };
  return {
    ...base,
    truncated: null,
    paddedTo: null,
    notes: [],
    engine: { name: 'wasm' as const, version: '1.30.0' },
    elapsedMs: 5,
    times: { asked: 1, loaded: 2, run: 3, seen: 4 },
    firstSight,
    ...change,
  };
}

export function viewOf(change: Partial<View> = {}): View {
  return { site: { tower: 'encoder', layer: 1, kind: 'self' }, head: 1, focus: 3, isPinned: false, tab: 'map', ...change };
}
