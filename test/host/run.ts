// Entry of the suite inside VS Code: runs mocha over the bundled tests and leaves their results for the summary.

import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';
import { tell } from '../support/progress/progress.mjs';

/** Called by VS Code; rejects when a test failed. TEST_FILES: the bundled tests; TEST_RESULTS: where the results go. */
export function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 180_000, color: false, reporter: 'spec' });
  for (const file of JSON.parse(process.env.TEST_FILES ?? '[]') as string[]) mocha.addFile(file);
  return new Promise((resolve, reject) => {
    const failures: string[] = [];
    const runner = mocha.run((failed) => {
      const { passes = 0, pending = 0 } = runner.stats ?? {};
      if (process.env.TEST_RESULTS)
        writeFileSync(process.env.TEST_RESULTS, JSON.stringify({ passed: passes, failed: failures.length, skipped: pending, failures }));
      if (failed > 0) reject(new Error(`${failed} failed`));
      else resolve();
    });
    runner.on('test', (test) => tell('began', test.fullTitle()));
    runner.on('test end', (test) => tell(test.isPending() ? 'skipped' : test.isPassed() ? 'passed' : 'failed', test.fullTitle()));
    runner.on('fail', (test, error: Error) => failures.push(`${test.fullTitle()}: ${error.message}`));
  });
}
