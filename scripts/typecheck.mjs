// `npm run typecheck`: every environment with its own small tsconfig, two at a time.

import { typeChecks } from './checks.mjs';
import { runAll } from './run.mjs';

const results = await runAll(typeChecks(), 2);
process.exitCode = results.every((result) => result.isDone) ? 0 : 1;
