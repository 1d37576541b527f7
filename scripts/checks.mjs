// The static checks: types, format and lint, layers, dead code. Each counts as one test in `npm test`.

import { readdirSync } from 'node:fs';
import path from 'node:path';
import { root } from './run.mjs';

const bin = (/** @type {string} */ file) => path.join(root, 'node_modules', file);
/** @type {(name: string, ...parameters: string[]) => import('./run.mjs').Job} */
const node = (name, ...parameters) => ({ name, command: process.execPath, parameters });

/** One type check for each environment: a pure layer has neither DOM nor Node types. */
export function typeChecks() {
  const environments = readdirSync(path.join(root, 'tsconfig')).filter((file) => file.endsWith('.json'));
  return environments.map((file) =>
    node(
      `types of ${file.slice(0, -5)}`,
      bin('typescript/bin/tsc'),
      '-p',
      `tsconfig/${file}`,
      '--incremental',
      '--tsBuildInfoFile',
      `.cache/tsc/${file}.tsbuildinfo`,
      '--pretty',
      'false',
    ),
  );
}

/** All static checks, the slow ones first. */
export function staticChecks() {
  return [
    ...typeChecks(),
    node('layers', 'scripts/layers.mjs'),
    node('dead code', bin('knip/bin/knip.js'), '--no-progress'),
    node('format and lint', bin('@biomejs/biome/bin/biome'), 'check', '--error-on-warnings', '--colors=off'),
  ];
}
