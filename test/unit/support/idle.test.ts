// A tier is ended when it gets nowhere, not when it is slow, and says which test hung.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { root, run } from '../../../scripts/run.mjs';
import { pytestProgress, readProgress } from '../../support/progress/progress.mjs';
import { cutOff, readVitest, tallyOf } from '../../support/testSummary.mjs';

// Inside of the repository: what is run here finds the packages.
mkdirSync(path.join(root, '.cache'), { recursive: true });
const folder = mkdtempSync(path.join(root, '.cache/idle-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const fileOf = (name: string) => path.join(folder, name);

/** More than a process takes to start on a machine under load; the slow ones below take longer in all. */
const limitMs = 2000;

/** Runs a script as a tier would be, with `tell` and `wait` at hand. */
function child(name: string, script: string, ms: number, hasProgress = true) {
  const progressFile = fileOf(`${name}.progress`);
  const lines = [
    `import { spawn } from 'node:child_process';`,
    `import { tell } from ${JSON.stringify(path.join(root, 'test/support/progress/progress.mjs'))};`,
    `const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));`,
    script,
  ];
  writeFileSync(fileOf(`${name}.mjs`), lines.join('\n'));
  const idle = hasProgress ? { ms, progressFile } : { ms };
  return run({ name, command: process.execPath, parameters: [fileOf(`${name}.mjs`)], env: { TEST_PROGRESS: progressFile }, idle });
}

it.concurrent('a tier that goes silent is ended, and the test that hung is named', async () => {
  const script = `tell('began', 'a'); tell('passed', 'a'); tell('began', 'b'); setInterval(() => console.log('busy'), 20);`;
  const { isDone, wasIdle } = await child('silent', script, limitMs);
  expect({ isDone, wasIdle }).toEqual({ isDone: false, wasIdle: true });
  expect(cutOff('no test ended for 4 minutes', readProgress(fileOf('silent.progress')))).toEqual({
    passed: 1,
    failed: 1,
    skipped: 0,
    notes: ['failed: no test ended for 4 minutes; did not end: b'],
  });
});

it.concurrent('a tier that is slow is left alone', async () => {
  const script = `for (let i = 0; i < 8; i++) { tell('began', 't' + i); await wait(400); tell('passed', 't' + i); }`;
  expect(await child('slow', script, limitMs)).toMatchObject({ isDone: true, wasIdle: false });
  expect(readProgress(fileOf('slow.progress'))).toMatchObject({ passed: 8, open: [] });
});

it.concurrent('what it has started is ended with it, though it holds its output', async () => {
  const script = `const inner = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
    console.log(inner.pid); tell('began', 'a'); process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);`;
  const { output, wasIdle } = await child('family', script, limitMs);
  expect(wasIdle).toBe(true);
  expect(() => process.kill(Number(output.trim().split('\n')[0]), 0)).toThrow('ESRCH');
}, 20_000);

it.concurrent('without a file of progress, output is progress', async () => {
  const script = `for (let i = 0; i < 8; i++) { console.log(i); await wait(400); }`;
  expect(await child('talking', script, limitMs, false)).toMatchObject({ isDone: true, wasIdle: false });
});

it.concurrent('and no output is none', async () => {
  expect(await child('mute', 'setInterval(() => {}, 1000);', limitMs, false)).toMatchObject({ isDone: false, wasIdle: true });
});

const none = { passed: 0, failed: 0, skipped: 0, open: [], failures: [] };
it.each([
  ['names of files stand back behind those of their tests', { ...none, open: ['f.ts', 'f.ts: a', 'g.ts'] }, 'did not end: f.ts: a; g.ts'],
  ['a few names are enough', { ...none, open: ['a', 'b', 'c', 'd', 'e'] }, 'did not end: a; b; c; and 2 more'],
  ['between two tests the last one is named', { ...none, passed: 2, last: 'b' }, 'after b'],
  ['before the first test', none, 'no test had begun'],
])('%s', (_, progress, place) => expect(cutOff('why', progress).notes).toEqual([`failed: why; ${place}`]));

it('a runner that died before its report says where, not that it ran no test', () => {
  const progress = { ...none, passed: 3, failed: 1, open: ['d'], failures: ['c'] };
  const tally = { passed: 3, failed: 2, skipped: 0, notes: ['failed: c', 'failed: its runner died; did not end: d'] };
  expect(tallyOf(fileOf('none.json'), readVitest, false, progress)).toEqual(tally);
  expect(tallyOf(fileOf('none.json'), readVitest, false, none).notes).toEqual(['ran no test']);
});

it('reads what pytest says while it runs', () => {
  const output = 'collected 4 items\n\nt/a.py::one PASSED [ 25%]\nt/a.py::two[x y] SKIPPED (why) [ 50%]\nt/b.py::three FAILED [ 75%]\nt/b.py::four ';
  expect(pytestProgress(output)).toEqual({ passed: 1, failed: 1, skipped: 1, open: ['t/b.py::four'], last: 't/b.py::three', failures: ['t/b.py::three'] });
});

const bodies = `test('passes', () => {});
  test('fails', () => { throw new Error('no'); });
  test.skip('is skipped', () => {});
  test('hangs', async () => { await new Promise((resolve) => setTimeout(resolve, 500)); process.kill(process.ppid, 'SIGKILL'); await new Promise(() => {}); });`;
const runners: readonly (readonly [string, string, string, readonly string[]])[] = [
  [
    'vitest',
    'a.test.mjs',
    `import { test } from 'vitest';\n${bodies}`,
    [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--config',
      fileOf('vitest.config.mjs'),
      '--pool',
      'forks',
      '--testTimeout',
      '60000',
      '--reporter',
      'test/support/progress/vitestReporter.mjs',
    ],
  ],
  [
    'playwright',
    'a.spec.mjs',
    `import { test } from '@playwright/test';\n${bodies}`,
    [
      'node_modules/@playwright/test/cli.js',
      'test',
      '-c',
      fileOf('playwright.mjs'),
      '--reporter',
      path.join(root, 'test/support/progress/playwrightReporter.mjs'),
    ],
  ],
];
it.concurrent.each(runners)(
  '%s tells of its tests while it runs',
  async (name, file, text, parameters) => {
    writeFileSync(
      fileOf('playwright.mjs'),
      `export default { testDir: ${JSON.stringify(folder)}, testMatch: '*.spec.mjs', outputDir: 'results', timeout: 60000 };`,
    );
    writeFileSync(fileOf('vitest.config.mjs'), `export default { test: { include: [${JSON.stringify(`.cache/${path.basename(folder)}/*.test.mjs`)}] } };`);
    writeFileSync(fileOf(file), text);
    const progressFile = fileOf(`${name}.progress`);
    const { output } = await run({
      name,
      command: process.execPath,
      parameters: [...parameters],
      env: { TEST_PROGRESS: progressFile, VITEST: '', NODE_ENV: '' },
    });
    const progress = readProgress(progressFile);
    expect(progress, output).toMatchObject({ passed: 1, failed: 1, skipped: 1 });
    expect(cutOff('why', progress).notes).toEqual([
      expect.stringMatching(/^failed: .*fails$/),
      expect.stringMatching(/^failed: why; did not end: .*a\.(test|spec)\.mjs.*hangs$/),
    ]);
  },
  60_000,
);
