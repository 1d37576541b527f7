// `npm start`: a real VS Code with the extension and examples/ in it. The user's own `code`, with a profile of its own; else VS
// Code in the browser, on 127.0.0.1. `--headless-check`: that route without a person, one inspection, one screenshot.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root, run } from './run.mjs';

const examples = path.join(root, 'examples');
const firstFile = path.join(examples, 'server.txt');
const oldest = [1, 100];

/** The user's own VS Code, when it is new enough. */
async function hasOwnCode() {
  const { isDone, output } = await run({ name: 'code', command: 'code', parameters: ['--version'], timeLimitMs: 20_000 });
  const found = /^(\d+)\.(\d+)\.\d+/m.exec(output);
  if (!isDone || !found) return false;
  const [major, minor] = [Number(found[1]), Number(found[2])];
  return major > /** @type {number} */ (oldest[0]) || (major === oldest[0] && minor >= /** @type {number} */ (oldest[1]));
}

/** Opens the user's VS Code and waits until its window is closed; their own profile stays untouched. */
async function openOwnCode() {
  const profile = mkdtempSync(path.join(tmpdir(), 'transformer-inspector-'));
  console.log(`Opening VS Code with a temporary profile (${profile}); close its window to end.`);
  const parameters = [
    `--extensionDevelopmentPath=${root}`,
    `--user-data-dir=${path.join(profile, 'data')}`,
    `--extensions-dir=${path.join(profile, 'extensions')}`,
  ];
  const child = spawn('code', [...parameters, '--disable-workspace-trust', '--skip-welcome', '--wait', '--new-window', examples, firstFile], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  process.exitCode = await new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
  rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}

/** Serves VS Code on 127.0.0.1 until Ctrl+C. */
async function serveInBrowser() {
  const server = await startedServer();
  console.log(
    `\nTransformer Inspector runs in VS Code at\n\n  ${addressOf(server)}\n\nSelect a sentence, then F1 → "Transformer Inspector: Inspect Attention of Selection". Ctrl+C ends it.`,
  );
  await new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, resolve);
  });
  await server.stop();
}

async function startedServer() {
  const { installVscodeServer } = await import('./setup/vscodeServer.mjs');
  await installVscodeServer();
  const { startServer } = await import('../test/support/vscodeServer.mjs');
  return startServer();
}

/** @param {import('../test/support/vscodeServer.mjs').Server} server */
const addressOf = (server) => server.page({ folder: examples, files: [firstFile], extensions: [root] });

async function checkWithoutPerson() {
  // Its end takes the server down; a signal alone would leave the server behind.
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
  const { provideChromium, chromiumAdvice } = await import('./setup/chromium.mjs');
  if (!(await provideChromium())) throw new Error(chromiumAdvice);
  const server = await startedServer();
  try {
    const { inspectOnce } = await import('./headlessCheck.mjs');
    await inspectOnce(addressOf(server));
  } catch (error) {
    for (const { file, text } of server.logs()) if (/Transformer Inspector|remoteexthost/.test(file)) console.error(`--- ${file}\n${text.slice(-3000)}`);
    throw error;
  } finally {
    await server.stop();
  }
}

async function main() {
  const isCheck = process.argv.includes('--headless-check');
  if (!isCheck && (await hasOwnCode())) return openOwnCode();
  if (process.platform !== 'linux')
    throw new Error(
      'Install VS Code 1.100 or later and put `code` on the PATH (in VS Code: "Shell Command: Install \'code\' command in PATH"), then run npm start again.',
    );
  await (isCheck ? checkWithoutPerson() : serveInBrowser());
}

await main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
