// vitest's tests as they begin and end, and their files: what hangs while it is loaded, or in a hook of the file, has a name, too.

import { tell } from './progress.mjs';

/** @typedef {import('vitest/node').TestCase} TestCase @typedef {import('vitest/node').TestModule} TestModule */

const nameOf = (/** @type {TestCase} */ test) => `${test.module.relativeModuleId}: ${test.fullName}`;

export default class ProgressReporter {
  /** @param {TestModule} file */
  onTestModuleQueued(file) {
    tell('began', file.relativeModuleId);
  }

  /** @param {TestModule} file */
  onTestModuleEnd(file) {
    tell('left', file.relativeModuleId);
  }

  /** @param {TestCase} test */
  onTestCaseReady(test) {
    tell('began', nameOf(test));
  }

  /** @param {TestCase} test */
  onTestCaseResult(test) {
    const { state } = test.result();
    if (state !== 'pending') tell(state, nameOf(test));
  }
}
