// How far a runner of tests is, told while it runs: a line of JSON for each test that begins or ends, in the file that TEST_PROGRESS names.
// A runner that is cut off leaves no report; these lines then say what ended, and what did not.

import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/**
 * @typedef {'began' | 'passed' | 'failed' | 'skipped' | 'left'} TestState `left`: a file whose tests have all ended; it counts as none itself
 * @typedef {{passed: number, failed: number, skipped: number, open: string[], last?: string, failures: string[]}} Progress
 * `open`: what began and did not end, in the order in which it began; `last`: what ended last.
 */

/** Says that a test begins or has ended; nothing where nobody listens. @param {TestState} state @param {string} name */
export function tell(state, name) {
  const file = process.env.TEST_PROGRESS;
  if (file) appendFileSync(file, `${JSON.stringify({ state, name })}\n`);
}

/** @param {string} file that of TEST_PROGRESS; nothing has begun where there is none @returns {Progress} */
export function readProgress(file) {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  // What was cut off in the middle of a line is no line.
  return progressOf(
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line)),
  );
}

/** @param {readonly {state: TestState, name: string}[]} events @returns {Progress} */
export function progressOf(events) {
  /** @type {Progress} */
  const progress = { passed: 0, failed: 0, skipped: 0, open: [], failures: [] };
  for (const { state, name } of events) {
    if (state === 'began') {
      progress.open.push(name);
      continue;
    }
    const at = progress.open.indexOf(name);
    if (at >= 0) progress.open.splice(at, 1);
    if (state === 'left') continue;
    progress[state]++;
    progress.last = name;
    if (state === 'failed') progress.failures.push(name);
  }
  return progress;
}

/** @type {Readonly<Record<string, TestState>>} */
const pytestStates = { PASSED: 'passed', XFAIL: 'passed', SKIPPED: 'skipped' };

/** pytest's own lines, with -v: `FILE::TEST` when it begins, ` PASSED [ 10%]` behind it when it ends. @param {string} output */
export function pytestProgress(output) {
  const lines = output.matchAll(/^(\S+::.*?\S)(?: +(PASSED|FAILED|SKIPPED|ERROR|XFAIL|XPASS)\b.*)? *$/gm);
  const events = [...lines].flatMap(([, name = '', word]) => {
    const began = { state: /** @type {TestState} */ ('began'), name };
    return word ? [began, { state: pytestStates[word] ?? 'failed', name }] : [began];
  });
  return progressOf(events);
}
