#!/usr/bin/env node
// Stands in for the `code` executable: takes the options that @vscode/test-electron gives it and runs the same suite in the
// extension host of the workbench in the browser. TEST_LOGS=FOLDER keeps the logs, TEST_VERBOSE=1 prints the workbench's console.

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'node:util';
import { chromium } from '@playwright/test';
import { launchOptions, viewport } from './browser.mjs';
import { startServer } from './vscodeServer.mjs';

const parameters = process.argv.slice(2);
const local = (/** @type {string} */ file) => (file.startsWith('file:') ? fileURLToPath(file) : path.resolve(file));
const valuesOf = (/** @type {string} */ name) => parameters.flatMap((one) => (one.startsWith(`--${name}=`) ? [one.slice(name.length + 3)] : []));

const extensions = valuesOf('extensionDevelopmentPath').map(local);
const tests = valuesOf('extensionTestsPath').map(local)[0];
const folder = parameters.find((one) => !one.startsWith('-'));

/** What the workbench says of itself, not the extension or the suite. */
const chatter =
  /^(%c|Resolv|Creating a socket|\[reconnection|\[AccountPolicy|\[Service Worker|Updating additional|getaddrinfo |Ignoring (fetch|the error)|Started (local|initializing)|No (search provider|account|authentication)|The web worker extension host|\[(Shared|Ext)|An unknown error occurred|Creation of workbench contribution|Timed out waiting for authentication)/;

/** Prints what a console call of either side says. @param {string} type @param {unknown[]} values */
function print(type, values) {
  const text = format(...values);
  if (!process.env.TEST_VERBOSE && chatter.test(text)) return;
  (type === 'error' ? process.stderr : process.stdout).write(`${text}\n`);
}

/** @param {import('./vscodeServer.mjs').Server} server */
async function runSuite(server) {
  const browser = await chromium.launch(launchOptions());
  try {
    const page = await browser.newPage({ viewport });
    // A first start on a busy machine takes more than Playwright's 30 s.
    page.setDefaultTimeout(120_000);
    // The two functions by which the workbench reports on extension tests.
    await page.exposeFunction('codeAutomationLog', print);
    const exit = new Promise((resolve) => page.exposeFunction('codeAutomationExit', resolve));
    const crash = new Promise((_, reject) => page.once('crash', () => reject(new Error('the page crashed'))));
    await page.goto(server.page({ folder: folder ? local(folder) : undefined, extensions, tests }));
    return Number(await Promise.race([exit, crash]));
  } finally {
    await browser.close().catch(() => undefined);
  }
}

/** @param {import('./vscodeServer.mjs').Server} server */
function keepLogs(server) {
  const target = process.env.TEST_LOGS;
  for (const { file, text } of target ? server.logs() : []) {
    const kept = path.join(/** @type {string} */ (target), file);
    mkdirSync(path.dirname(kept), { recursive: true });
    writeFileSync(kept, text);
  }
}

/** The end of what the extension host says. @param {import('./vscodeServer.mjs').Server} server */
function printLogs(server) {
  for (const { file, text } of server.logs()) if (/exthost/.test(file)) console.error(`--- ${file}\n${text.slice(-3000)}`);
}

if (extensions.length === 0 || !tests) {
  console.error('codeShim: needs --extensionDevelopmentPath and --extensionTestsPath');
  process.exit(2);
}
// Its end takes the server down; a signal alone would leave the server behind.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
const server = await startServer();
// Whoever started this ends it where nothing happens any more; the logs may say why.
process.prependOnceListener('SIGTERM', () => printLogs(server));
let exitCode = 2;
try {
  exitCode = await runSuite(server);
} catch (error) {
  console.error(`codeShim: ${error instanceof Error ? error.message : error}`);
  printLogs(server);
} finally {
  keepLogs(server);
  await server.stop();
}
process.exit(exitCode);
