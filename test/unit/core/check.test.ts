import { describe, expect, it } from 'vitest';
import { badgeOf, type Check, failedCheckProblem } from '../../../src/core/check';

const check = (state: Check['state'], relative = 0): Check => ({
  identity: 'softmax',
  site: { tower: 'encoder', layer: 0, kind: 'self' },
  state,
  reason: state === 'not run' ? 'the graph hides the scores' : undefined,
  absolute: relative,
  relative,
  tolerance: 1e-4,
});

describe('the badge', () => {
  it.each([
    ['verified', [check('holds', 1e-7), check('holds', 3e-7)], 'verified', 2],
    ['one is still to come', [check('holds'), { ...check('not run'), isComing: true }], 'checking', 1],
    ['one failed while another is to come', [check('failed'), { ...check('not run'), isComing: true }], 'failed', 1],
    ['one did not run', [check('holds'), check('not run')], 'partly checked', 1],
    ['none ran', [check('not run')], 'unchecked', 0],
    ['nothing applies', [], 'unchecked', 0],
    ['a failure outweighs everything', [check('holds'), check('failed', 0.5), check('not run')], 'failed', 2],
  ] as const)('%s', (_, checks, state, ran) => expect(badgeOf(checks)).toMatchObject({ state, ran }));

  it('says once where only part of the rows was compared, and stays verified', () => {
    const rows = (compared: number) => ({ ...check('holds'), rows: { compared, of: 128 } });
    expect(badgeOf([rows(32), rows(32), rows(128)])).toMatchObject({ state: 'verified', notes: ['softmax: 32 of 128 rows compared'] });
  });

  it('names the site of a failure and each reason once', () => {
    const badge = badgeOf([check('failed', 0.5), check('not run'), check('not run')]);
    expect(badge.worst).toBe(0.5);
    expect(badge.notes).toEqual(['softmax at encoder.0.self is off by 5.0e-1 (tolerance 1e-4)', 'softmax did not run: the graph hides the scores']);
  });
});

it('a reading is not blamed for numbers that the model itself does not have', () => {
  expect(failedCheckProblem(check('failed', 0.5)).code).toBe('identityFailed');
  expect(failedCheckProblem({ ...check('failed', 0.5), isNotNumbers: true }).code).toBe('siteNotNumbers');
  expect(failedCheckProblem({ ...check('failed', 0.03), isRounded: true }).code).toBe('siteRounded');
});
