import { describe, expect, it } from 'vitest';
import { viewOf, withHead } from '../../../../src/host/inspection/view';
import { encoderSite, fakeRun, tokensOf } from '../fakeRun';

const run = fakeRun(1, 'one two three');

describe('the view of a run', () => {
  it.each([
    ['a pin that the run has', { site: encoderSite(0), head: 3 }, { site: encoderSite(0), head: 3, isPinned: true }],
    ['the mean of a layer', { site: encoderSite(0), head: null }, { site: encoderSite(0), head: null, isPinned: true }],
    ['a head too many', { site: encoderSite(0), head: 4 }, { site: encoderSite(1), head: 2, isPinned: false }],
    ['a layer too many', { site: encoderSite(6), head: 0 }, { site: encoderSite(1), head: 2, isPinned: false }],
    ['a site of another tower', { site: { tower: 'decoder', layer: 0, kind: 'self' }, head: 0 }, { site: encoderSite(1), head: 2, isPinned: false }],
  ] as const)('%s', (_, pin, expected) => expect(viewOf(run, { pin })).toMatchObject({ ...expected, focus: 3 }));

  it('takes a stored focus only where there is such a token', () => {
    expect(viewOf(run, { focus: 1 }).focus).toBe(1);
    expect(viewOf(run, { focus: 9 }).focus).toBe(3);
  });

  it('goes to the first word where the query tokens are others', () => {
    const cross = { tower: 'decoder', layer: 0, kind: 'cross' } as const;
    const [site] = run.sites;
    if (!site) throw new Error('no site');
    const both = {
      ...run,
      tokens: { source: tokensOf('one two three'), target: tokensOf('eins') },
      sites: [...run.sites, { ...site, ...cross, queryTokens: 'target' as const }],
    };
    expect(withHead(both, viewOf(both), cross, 0)).toMatchObject({ site: cross, head: 0, focus: 1 });
  });
});
