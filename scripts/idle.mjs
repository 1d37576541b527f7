// Ends a command that gets nowhere. Time alone is no sign of that: on a machine under load all takes longer. Node built-ins only.

import { statSync } from 'node:fs';

/** How long a command that is asked to end may take to clean up. */
const graceMs = 5000;

/**
 * @typedef {object} IdleLimit
 * @property {number} ms the command is ended after so long without progress
 * @property {string} [progressFile] progress is this file growing; without it, output
 */

/** Length of a file that may not be there yet. @param {string} file */
const sizeOf = (file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/** Signals a command and all that it has started: it leads a group of its own. @param {number} pid @param {NodeJS.Signals} signal */
function signalAll(pid, signal) {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}

/**
 * Watches a command that was started `detached`, and takes it along when this process is told to end.
 * @param {import('node:child_process').ChildProcess} child
 * @param {IdleLimit} limit
 * @param {() => void} onIdle told before the command is ended
 */
export function endWhenIdle(child, { ms, progressFile }, onIdle) {
  const pid = child.pid;
  if (pid === undefined) return;
  let latest = performance.now();
  let size = progressFile ? sizeOf(progressFile) : 0;
  const seen = () => {
    latest = performance.now();
  };
  if (!progressFile) for (const stream of [child.stdout, child.stderr]) stream?.on('data', seen);
  const look = setInterval(
    () => {
      const now = progressFile ? sizeOf(progressFile) : 0;
      if (now !== size) seen();
      size = now;
      if (performance.now() - latest < ms) return;
      clearInterval(look);
      onIdle();
      signalAll(pid, 'SIGTERM');
      const kill = () => signalAll(pid, 'SIGKILL');
      const late = setTimeout(kill, Math.min(ms, graceMs));
      // What it leaves behind is ended with it.
      child.once('exit', () => {
        clearTimeout(late);
        kill();
      });
    },
    Math.min(ms / 5, 5000),
  );
  const endBoth = (/** @type {NodeJS.Signals} */ signal) => {
    signalAll(pid, signal);
    process.exit(1);
  };
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
  for (const signal of signals) process.on(signal, endBoth);
  child.once('close', () => {
    clearInterval(look);
    for (const signal of signals) process.off(signal, endBoth);
  });
}
