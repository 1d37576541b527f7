import { describe, expect, it } from 'vitest';
import { badgeOf, type Check } from '../../../src/core/check';
import { problem } from '../../../src/core/problem';
import { viewOf } from '../../../src/host/inspection/view';
import { newNonce, panelHtml } from '../../../src/host/surfaces/panel/panelHtml';
import { runLine } from '../../../src/host/surfaces/runLine';
import { isSavedPicture, savedPictureOf } from '../../../src/host/surfaces/savedPicture';
import { statusTextOf } from '../../../src/host/surfaces/statusText';
import { badgeDetail } from '../../../src/present/words/badgeWords';
import { type FlatState, unflat } from '../../support/flatState';
import { encoderSite, fakeModel, fakeRun } from './fakeRun';

const run = fakeRun(1, 'one two');
const bothTowers = { ...run, sites: [...run.sites, ...run.sites.map((site) => ({ ...site, tower: 'decoder' as const }))] };
const state: FlatState = {
  phase: { name: 'ready' },
  model: fakeModel('bundled:a'),
  modelLabel: 'a',
  given: {},
  run,
  view: viewOf(run),
  problem: null,
  specialTokens: 'dim',
  selection: { text: 'one two', uri: 'file:///a.txt', start: 5, label: 'a.txt : 1' },
};

describe('the status bar', () => {
  it.each([
    ['a picture', {}, '$(eye) a · L1H2'],
    ['the mean of a layer', { view: { ...viewOf(run), site: encoderSite(1), head: null } }, '$(eye) a · mean of L1'],
    ['a run of two towers', { run: bothTowers }, '$(eye) a · E·L1H2'],
    ['a load', { phase: { name: 'loading', what: 'b' } }, '$(loading~spin) b · L1H2'],
    ['a problem', { problem: problem('textEmpty') }, '$(warning) a · L1H2'],
    ['nothing yet', { model: null, run: null, view: null, phase: { name: 'idle' } }, undefined],
  ] as const)('%s', (_, change, text) => expect(statusTextOf(unflat({ ...state, ...change }))?.text).toBe(text));
});

describe('the log', () => {
  const check = (change: Partial<Check>): Check => ({
    identity: 'softmax',
    site: encoderSite(0),
    state: 'holds',
    absolute: 0,
    relative: 3.1e-7,
    tolerance: 1e-4,
    ...change,
  });
  it.each<[string, readonly Check[], string]>([
    [
      'one identity at two sites is one',
      [check({}), check({ site: encoderSite(1) })],
      'run 1: 3 tokens, 2 sites, 1 ms, verified · 1 of 1 identities · worst 3.1e−7\n  Run by WebAssembly (onnxruntime-web 1.30.0).',
    ],
    [
      'one that ran at one site of two does not count',
      [check({}), check({ site: encoderSite(1), state: 'not run', reason: 'absent' }), check({ identity: 'mix' })],
      'run 1: 3 tokens, 2 sites, 1 ms, partly checked · 1 of 2 identities · worst 3.1e−7\n  Run by WebAssembly (onnxruntime-web 1.30.0).\n  softmax did not run: absent',
    ],
    ['nothing applied', [], 'run 1: 3 tokens, 2 sites, 1 ms, unchecked · 0 of 0 identities\n  Run by WebAssembly (onnxruntime-web 1.30.0).'],
  ])('counts checks as the badge does: %s', (_, checks, line) => {
    const own = fakeRun(1, 'one two', { checks, badge: badgeOf(checks) });
    expect(runLine(own)).toBe(line);
    expect(runLine(own)).toContain(Object.values(badgeDetail(own.badge, checks)).join(''));
  });
});

describe('what is remembered for a reload', () => {
  it('is the place, not the text', () => {
    const picture = savedPictureOf(unflat(state), 'bundled:a');
    expect(picture).toEqual({ model: 'bundled:a', uri: 'file:///a.txt', start: 5, end: 12, view: state.view });
    expect(isSavedPicture(JSON.parse(JSON.stringify(picture)))).toBe(true);
  });
  it.each([undefined, null, 'x', {}, { model: 'a', uri: 'b', start: 0.5, end: 1, view: {} }])('%j is no picture', (value) =>
    expect(isSavedPicture(value)).toBe(false));
});

describe('the document of the panel', () => {
  const html = panelHtml({ cspSource: 'https://x', nonce: 'N', script: 'main.js', style: 'main.css', icons: 'codicon.css' });
  it('allows its own script and nothing inline', () => {
    expect(html).toContain("default-src 'none'");
    expect(html).toContain("script-src 'nonce-N'");
    expect(html).not.toContain('unsafe');
    expect(html.match(/<script/g)).toHaveLength(1);
  });
  it('has a nonce of its own', () => expect(newNonce()).not.toBe(newNonce()));
});
