// Bundles the tests of this folder and runs them inside VS Code: a desktop one when VSCODE_EXECUTABLE names it (from 1.100 on),
// else the workbench in the browser. TEST_RESULTS=FILE takes the results as JSON; parameters choose tests by name.

import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { build } from 'esbuild';
import { root } from '../../scripts/run.mjs';

const here = path.join(root, 'test/host');
const out = path.join(root, '.cache/host-tests');
const wanted = process.argv.slice(2);
const names = readdirSync(here).filter((name) => name.endsWith('.test.ts') && (wanted.length === 0 || wanted.some((part) => name.includes(part))));

mkdirSync(out, { recursive: true });
await build({
  entryPoints: ['run.ts', ...names].map((name) => path.join(here, name)),
  outdir: out,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  sourcemap: 'inline',
  external: ['vscode', 'mocha'],
  logLevel: 'warning',
});
const files = names.map((name) => path.join(out, name.replace(/\.ts$/, '.js')));
try {
  await runTests({
    vscodeExecutablePath: process.env.VSCODE_EXECUTABLE ?? path.join(root, 'test/support/codeShim.mjs'),
    extensionDevelopmentPath: root,
    extensionTestsPath: path.join(out, 'run.js'),
    launchArgs: [path.join(root, 'examples'), '--disable-extensions'],
    extensionTestsEnv: { TEST_FILES: JSON.stringify(files), TEST_RESULTS: process.env.TEST_RESULTS, TEST_PROGRESS: process.env.TEST_PROGRESS },
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
