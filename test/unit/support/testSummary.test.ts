import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { lastLine, readPlaywright, readPytest, readVitest, sum, tally, tallyOf } from '../../support/testSummary.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'summary-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What a vitest report with these states comes to. */
function vitestTally(states: readonly string[], isDone: boolean) {
  const file = path.join(folder, 'report.json');
  const testResults = [{ name: 'a.test.ts', status: 'passed', assertionResults: states.map((status) => ({ status, fullName: status })) }];
  writeFileSync(file, JSON.stringify({ testResults }));
  const { passed, failed, skipped } = tallyOf(file, readVitest, isDone);
  return [passed, failed, skipped];
}

const rows: readonly [string, readonly string[], boolean, readonly number[]][] = [
  ['counts what it ran', ['passed', 'passed', 'failed', 'skipped'], false, [2, 1, 1]],
  ['that ran no test failed', [], true, [0, 1, 0]],
  ['that died after its report failed', ['passed'], false, [1, 1, 0]],
  ['with nothing but skipped tests is skipped', ['skipped'], true, [0, 0, 1]],
];
it.each(rows)('a tier %s', (_, states, isDone, expected) => expect(vitestTally(states, isDone)).toEqual(expected));

it('a tier without a report failed', () => {
  expect(tallyOf(path.join(folder, 'none.json'), readVitest, true)).toMatchObject({ passed: 0, failed: 1 });
});

it('a test file that could not be loaded failed', () => {
  const report = { testResults: [{ name: 'b.test.ts', status: 'failed', message: 'no such module', assertionResults: [] }] };
  expect(readVitest(report)).toMatchObject({ passed: 0, failed: 1, notes: ['failed: b.test.ts: no such module'] });
});

it('a flaky test failed, and so did an error outside of tests', () => {
  const report = { stats: { expected: 1, unexpected: 0, flaky: 1, skipped: 0 }, suites: [], errors: [{ message: 'no browser' }] };
  expect(readPlaywright(report)).toMatchObject({ passed: 1, failed: 2 });
});

const lines: readonly [string, boolean, readonly number[]][] = [
  ['1 failed, 20 passed, 2 skipped in 3.10s', false, [20, 1, 2]],
  ['ERROR: file not found', false, [0, 1, 0]],
  ['no tests ran in 0.01s', true, [0, 1, 0]],
];
it.each(lines)('pytest: %s', (line, isDone, expected) => {
  const { passed, failed, skipped } = readPytest(`..F\n${line}\n`, isDone);
  expect([passed, failed, skipped]).toEqual(expected);
});

it('the last line sums up all tiers', () => {
  expect(lastLine(sum([tally(3, 0, 1), tally(2, 1, 0)]))).toBe('5 passed, 1 failed, 1 skipped');
});
