// Playwright's tests as they begin and end.

import { tell } from './progress.mjs';

/** @typedef {import('@playwright/test/reporter').TestCase} TestCase */

const nameOf = (/** @type {TestCase} */ test) => test.titlePath().filter(Boolean).join(' › ');

export default class ProgressReporter {
  /** @param {TestCase} test */
  onTestBegin(test) {
    tell('began', nameOf(test));
  }

  /** @param {TestCase} test @param {import('@playwright/test/reporter').TestResult} result */
  onTestEnd(test, { status }) {
    tell(status === 'passed' || status === 'skipped' ? status : 'failed', nameOf(test));
  }
}
