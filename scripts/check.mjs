// `npm run check`: what to run before each commit. Static checks and the unit tier, two at a time.

import path from 'node:path';
import { staticChecks } from './checks.mjs';
import { root, runAll } from './run.mjs';

const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
const unit = { name: 'unit tests', command: process.execPath, parameters: [vitest, 'run', '--project', 'unit', '--reporter', 'dot'] };
const start = performance.now();
const results = await runAll([unit, ...staticChecks()], 2);
const failed = results.filter((result) => !result.isDone);
console.log(`${results.length - failed.length} of ${results.length} checks hold  ${((performance.now() - start) / 1000).toFixed(1)} s`);
process.exitCode = failed.length === 0 ? 0 : 1;
