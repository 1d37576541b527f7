// Brings a clone to where it can run: Node's version, npm packages, dist/. Runs before anything is installed: built-ins only.

import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { root, run } from './run.mjs';

const major = Number(process.versions.node.split('.')[0]);

/** Whether node_modules is missing or older than the lock file. */
function needsPackages() {
  const installed = path.join(root, 'node_modules/.package-lock.json');
  return !existsSync(installed) || statSync(installed).mtimeMs < statSync(path.join(root, 'package-lock.json')).mtimeMs;
}

/** Runs one step with its output only where it failed. @param {import('./run.mjs').Job} job */
async function step(job) {
  const { isDone, output, elapsedMs } = await run(job);
  if (!isDone) throw new Error(`${job.name} failed:\n${output.trimEnd()}`);
  console.log(`${job.name}  ${(elapsedMs / 1000).toFixed(1)} s`);
}

/**
 * Installs the npm packages where they are missing.
 * @throws an Error with what went wrong
 */
export async function installPackages() {
  if (major < 20) throw new Error(`Node ${process.versions.node} is too old: install Node 20 or later`);
  if (!needsPackages()) return;
  console.log('Installing npm packages …');
  // No package of ours needs its install script; npm 11 asks about them and later versions refuse them.
  await step({ name: 'npm ci', command: 'npm', parameters: ['ci', '--ignore-scripts', '--no-audit', '--no-fund'] });
}

/**
 * Builds dist/.
 * @throws an Error with what went wrong
 */
export async function buildProduct() {
  await step({ name: 'build', command: process.execPath, parameters: ['build.mjs'] });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await installPackages()
    .then(buildProduct)
    .catch((error) => {
      console.error(error.message);
      process.exitCode = 1;
    });
}
