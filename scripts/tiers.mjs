// The tiers of `npm test`: how each is run and how its result is read. test/support/testSummary.mjs counts.

import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { pytestProgress, readProgress } from '../test/support/progress/progress.mjs';
import { cutOff, forget, readHost, readPlaywright, readPytest, readVitest, skippedTier, tally, tallyOf } from '../test/support/testSummary.mjs';
import { staticChecks } from './checks.mjs';
import { buildProduct } from './prepare.mjs';
import { root, run, runAll } from './run.mjs';
import { chromiumAdvice, provideChromium } from './setup/chromium.mjs';
import { installVscodeServer } from './setup/vscodeServer.mjs';

/** @typedef {import('../test/support/testSummary.mjs').Tally} Tally */

const minute = 60_000;
const reports = path.join(root, 'test-results/reports');
const isContinuousIntegration = /^(1|true)$/i.test(process.env.CI ?? '');

const idleFor = (/** @type {number} */ minutes) => `no test ended for ${minutes} minutes`;

/**
 * Runs one runner and reads its report. It is ended when no test began or ended for `idleMinutes`, which must be more than a single test may take.
 * @param {{name: string, parameters: string[], env?: NodeJS.ProcessEnv, idleMinutes: number, read: (report: any) => Tally}} options
 */
async function reported({ name, parameters, env, idleMinutes, read }) {
  mkdirSync(reports, { recursive: true });
  const [report, progressFile] = [path.join(reports, `${name}.json`), path.join(reports, `${name}.progress`)];
  forget(report);
  forget(progressFile);
  const filled = parameters.map((one) => one.replace('{report}', report));
  const told = { TEST_RESULTS: report, TEST_PROGRESS: progressFile, PLAYWRIGHT_JSON_OUTPUT_FILE: report };
  const idle = { ms: idleMinutes * minute, progressFile };
  const { isDone, wasIdle } = await run({ name, command: process.execPath, parameters: filled, env: { ...env, ...told }, idle }, { isLoud: true });
  const progress = readProgress(progressFile);
  return wasIdle ? cutOff(idleFor(idleMinutes), progress) : tallyOf(report, read, isDone, progress);
}

const vitest = (/** @type {string} */ project, /** @type {number} */ idleMinutes) => () =>
  reported({
    name: project,
    parameters: [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--project',
      project,
      '--passWithNoTests',
      '--reporter=default',
      '--reporter=json',
      '--reporter=./test/support/progress/vitestReporter.mjs',
      '--outputFile.json={report}',
    ],
    idleMinutes,
    read: readVitest,
  });

async function checks() {
  const results = await runAll(staticChecks(), 2);
  const failed = results.filter((result) => !result.isDone);
  return tally(
    results.length - failed.length,
    failed.length,
    0,
    failed.map((result) => `failed: ${result.name}`),
  );
}

/**
 * A tier that needs VS Code and a Chromium. Without them it is skipped, or, under CI=true, failed.
 * @param {() => Promise<Tally>} tier
 */
const inVscode = (tier) => async () => {
  const missing = process.platform !== 'linux' ? 'VS Code in the browser runs on Linux only' : (await provideChromium()) ? undefined : chromiumAdvice;
  if (missing && !isContinuousIntegration) return skippedTier(missing);
  if (missing) return tally(0, 1, 0, [`failed: ${missing}`]);
  await installVscodeServer();
  return tier();
};

const host = inVscode(() => reported({ name: 'host', parameters: ['test/host/launch.mjs'], idleMinutes: 8, read: readHost }));

/** @param {string} project */
const playwright = (project) => () =>
  reported({
    name: project,
    parameters: ['node_modules/@playwright/test/cli.js', 'test', '--project', project, '--reporter=list,json,./test/support/progress/playwrightReporter.mjs'],
    idleMinutes: 8,
    read: readPlaywright,
  });

/** Packages the extension as it is published, installs the package and drives it once. */
const vsix = inVscode(async () => {
  const packed = await run({ name: 'vsce package', command: 'npm', parameters: ['run', '--silent', 'package'], idle: { ms: 8 * minute } }, { isLoud: true });
  if (!packed.isDone) return tally(0, 1, 0, ['failed: vsce package']);
  return playwright('vsix')();
});

/** The tests of training/, where Python has what they import: that of .venv/, else python3. */
async function python() {
  const own = path.join(root, '.venv/bin/python');
  const command = existsSync(own) ? own : 'python3';
  const idleMinutes = 12;
  const call = (/** @type {string[]} */ ...parameters) => ({ name: 'training', command, parameters, idle: { ms: idleMinutes * minute } });
  const probe = await run(call('-c', 'import numpy, onnx, onnxruntime, pytest, tokenizers, torch'));
  if (!probe.isDone) return skippedTier(`${command} has not what training/ needs: pip install -r training/requirements.txt`);
  const { output, isDone, wasIdle } = await run(call('-u', '-m', 'pytest', '-v', '-p', 'no:cacheprovider', 'training/tests'), { isLoud: true });
  return wasIdle ? cutOff(idleFor(idleMinutes), pytestProgress(output)) : readPytest(output, isDone);
}

/** All tiers, the quick ones first. @type {readonly {name: string, run: () => Promise<Tally>}[]} */
export const tiers = [
  { name: 'build', run: () => buildProduct().then(() => tally(1, 0, 0)) },
  { name: 'static', run: checks },
  { name: 'unit', run: vitest('unit', 4) },
  { name: 'oracle', run: vitest('oracle', 10) },
  { name: 'host', run: host },
  { name: 'ui', run: inVscode(playwright('ui')) },
  { name: 'vsix', run: vsix },
  { name: 'python', run: python },
];
