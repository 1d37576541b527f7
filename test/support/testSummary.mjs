// What a tier of tests came to, read from the reports of the runners, and the one line that sums up all tiers.

import { existsSync, readFileSync, rmSync } from 'node:fs';

/**
 * @typedef {object} Tally
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {string[]} notes failures by name, reasons of what was skipped
 *
 * @typedef {import('./progress/progress.mjs').Progress} Progress
 */

/** @type {(passed: number, failed: number, skipped: number, notes?: string[]) => Tally} */
export const tally = (passed, failed, skipped, notes = []) => ({ passed, failed, skipped, notes });

/** A tier that cannot run here: skipped with what to do about it. */
export const skippedTier = (/** @type {string} */ reason) => tally(0, 0, 1, [`skipped: ${reason}`]);

/**
 * The tally of a run whose report is at `file`. A run that died or ran no test counts as one failure, whatever its report says.
 * @param {string} file
 * @param {(report: any) => Tally} read
 * @param {boolean} isDone whether the runner ended with status 0
 * @param {Progress} [progress] what it told while it ran: counts where it died before its report
 */
export function tallyOf(file, read, isDone, progress) {
  if (!existsSync(file) && progress && (progress.last !== undefined || progress.open.length > 0)) return cutOff('its runner died', progress);
  const found = existsSync(file) ? read(JSON.parse(readFileSync(file, 'utf8'))) : tally(0, 0, 0);
  if (found.passed + found.failed === 0 && found.skipped > 0 && isDone) return found;
  if (found.passed + found.failed === 0) return { ...found, failed: 1, notes: [...found.notes, 'ran no test'] };
  if (!isDone && found.failed === 0) return { ...found, failed: 1, notes: [...found.notes, 'its runner failed'] };
  return found;
}

const mostNames = 3;

/**
 * The tally of a run that was cut off: what had ended by then, and one failure with the names of what had not.
 * @param {string} why
 * @param {Progress} progress
 * @returns {Tally}
 */
export function cutOff(why, { passed, failed, skipped, open, last, failures }) {
  // A file that holds a test that hangs says nothing more than the test.
  const hung = open.filter((name) => !open.some((other) => other.startsWith(`${name}: `)));
  const names = hung.slice(0, mostNames).join('; ') + (hung.length > mostNames ? `; and ${hung.length - mostNames} more` : '');
  const place = hung.length > 0 ? `did not end: ${names}` : last === undefined ? 'no test had begun' : `after ${last}`;
  return tally(passed, failed + 1, skipped, [...failures.map((name) => `failed: ${name}`), `failed: ${why}; ${place}`]);
}

/** Removes a report of an earlier run. @param {string} file */
export const forget = (file) => rmSync(file, { force: true });

/** vitest's JSON report. @param {any} report @returns {Tally} */
export function readVitest({ testResults }) {
  const files = /** @type {any[]} */ (testResults);
  const tests = files.flatMap((file) => /** @type {any[]} */ (file.assertionResults));
  const having = (/** @type {string[]} */ ...states) => tests.filter((test) => states.includes(test.status));
  const failed = having('failed');
  const skipped = having('skipped', 'pending', 'todo', 'disabled');
  // A file that could not be loaded has no test of its own.
  const broken = files.filter((file) => file.status === 'failed' && !file.assertionResults.some((/** @type {any} */ test) => test.status === 'failed'));
  const notes = [
    ...failed.map((test) => `failed: ${test.fullName}`),
    ...broken.map((file) => `failed: ${file.name}: ${file.message}`),
    ...skipped.map((test) => `skipped: ${test.fullName}`),
  ];
  return tally(having('passed').length, failed.length + broken.length, skipped.length, notes);
}

/** What test/host/run.ts leaves. @param {any} report @returns {Tally} */
export function readHost({ passed, failed, skipped, failures }) {
  return tally(
    passed,
    failed,
    skipped,
    failures.map((/** @type {string} */ name) => `failed: ${name}`),
  );
}

/** Playwright's JSON report. @param {any} report @returns {Tally} */
export function readPlaywright({ stats, suites, errors }) {
  /** @type {string[]} */
  const notes = errors.map((/** @type {any} */ error) => `failed: ${error.message}`);
  const walk = (/** @type {any} */ suite) => {
    for (const spec of suite.specs ?? []) {
      if (!spec.ok) notes.push(`failed: ${spec.title}`);
      if (spec.tests.every((/** @type {any} */ test) => test.status === 'skipped')) notes.push(`skipped: ${spec.title}`);
    }
    for (const inner of suite.suites ?? []) walk(inner);
  };
  suites.forEach(walk);
  return tally(stats.expected, stats.unexpected + stats.flaky + errors.length, stats.skipped, notes);
}

/** pytest, as its last line tells it: `1 failed, 20 passed, 2 skipped in 3.1s`. @param {string} output @param {boolean} isDone @returns {Tally} */
export function readPytest(output, isDone) {
  const line = output.trimEnd().split('\n').at(-1) ?? '';
  const count = (/** @type {string} */ word) => Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0);
  const [passed, failed, skipped] = [count('passed'), count('failed') + count('error'), count('skipped')];
  const hasDied = passed + failed === 0 || (!isDone && failed === 0);
  return hasDied ? tally(passed, 1, skipped, ['failed: ran no test, or died']) : tally(passed, failed, skipped);
}

/** The sum of several tallies. @param {readonly Tally[]} tallies */
export function sum(tallies) {
  return tallies.reduce(
    (all, one) => tally(all.passed + one.passed, all.failed + one.failed, all.skipped + one.skipped, [...all.notes, ...one.notes]),
    tally(0, 0, 0),
  );
}

/** The line that ends `npm test`. @param {Tally} total */
export const lastLine = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed, ${skipped} skipped`;
