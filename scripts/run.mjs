// Runs commands as child processes: one at a time with output passed on, or several at once with output kept together.
// Node built-ins only: it also runs before anything is installed.

import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { endWhenIdle } from './idle.mjs';

/** The folder of the repository. */
export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/**
 * @typedef {{name: string, command: string, parameters: string[], env?: NodeJS.ProcessEnv, timeLimitMs?: number, idle?: import('./idle.mjs').IdleLimit}} Job
 * @typedef {{name: string, isDone: boolean, wasIdle: boolean, output: string, elapsedMs: number}} JobResult `wasIdle`: it was ended for it
 */

/** On Windows npm is a script that only a shell can start. */
const needsShell = (/** @type {string} */ command) => process.platform === 'win32' && command === 'npm';

/**
 * Runs one command in the repository's folder; stdout and stderr are returned together and, with `isLoud`, passed on as they come.
 * @param {Job} job
 * @param {{isLoud?: boolean, folder?: string}} [options]
 * @returns {Promise<JobResult>}
 */
export function run({ name, command, parameters, env, timeLimitMs, idle }, { isLoud = false, folder = root } = {}) {
  const start = performance.now();
  const child = spawn(command, parameters, {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: needsShell(command),
    timeout: timeLimitMs,
    killSignal: 'SIGKILL',
    // A group of its own, so that all of it can be ended.
    detached: idle !== undefined && process.platform !== 'win32',
  });
  let output = '';
  let wasIdle = false;
  if (idle)
    endWhenIdle(child, idle, () => {
      wasIdle = true;
    });
  for (const [stream, sink] of /** @type {const} */ ([
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ])) {
    stream.setEncoding('utf8');
    stream.on('data', (/** @type {string} */ text) => {
      output += text;
      if (isLoud) sink.write(text);
    });
  }
  return new Promise((resolve) => {
    const end = (/** @type {boolean} */ isDone) => resolve({ name, isDone, wasIdle, output, elapsedMs: performance.now() - start });
    child.once('error', (error) => {
      output += `${error.message}\n`;
      end(false);
    });
    child.once('close', (code, signal) => {
      if (signal) output += `\n${name}: ended by ${signal}${timeLimitMs ? ` (time limit ${timeLimitMs / 1000} s)` : ''}\n`;
      end(code === 0);
    });
  });
}

/**
 * Runs jobs, at most `width` at once; prints one line for each, and the output of those that failed.
 * @param {readonly Job[]} jobs
 * @param {number} width
 * @returns {Promise<JobResult[]>} in the order of the jobs
 */
export async function runAll(jobs, width) {
  const queue = jobs.map((job, index) => ({ job, index }));
  /** @type {JobResult[]} */
  const results = [];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const result = await run(next.job);
      results[next.index] = result;
      console.log(`${result.isDone ? 'ok    ' : 'FAILED'} ${result.name}  ${(result.elapsedMs / 1000).toFixed(1)} s`);
      if (!result.isDone) console.log(result.output.trimEnd());
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}
