// A VS Code server on a free port of 127.0.0.1, with user data of its own that vanish with it. Needs what
// scripts/setup/vscodeServer.mjs installs.

import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { serverMain } from '../../scripts/setup/vscodeServer.mjs';

/** Quiet, offline, the same from run to run. */
const defaultSettings = {
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'workbench.enableExperiments': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'security.workspace.trust.enabled': false,
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'git.enabled': false,
  'window.commandCenter': false,
  'editor.cursorBlinking': 'solid',
  'workbench.reduceMotion': 'on',
};

/**
 * @typedef {object} ServerOptions
 * @property {Record<string, unknown>} [settings] beside the quiet ones
 * @property {NodeJS.ProcessEnv} [env] for the extension host
 * @property {string[]} [vsix] extensions to install first
 * @property {boolean} [isInstalled] true: only installed extensions, exactly what users run; else the page may name folders
 * @property {boolean} [isTrusted] false: workspaces start restricted
 *
 * @typedef {object} PageOptions
 * @property {string} [folder] the workspace
 * @property {string[]} [files] opened as editors
 * @property {string[]} [extensions] folders of extensions under development
 * @property {string} [tests] a module that exports `run()`
 *
 * @typedef {object} Server
 * @property {(options: PageOptions) => string} page the address of a workbench
 * @property {() => {file: string, text: string}[]} logs all log files of the server and its extension hosts
 * @property {() => Promise<void>} stop
 */

/**
 * Starts a server; the process that started it takes it down when it ends.
 * @param {ServerOptions} [options]
 * @returns {Promise<Server>}
 */
export async function startServer({ settings = {}, env = {}, vsix = [], isInstalled = false, isTrusted = true } = {}) {
  if (!existsSync(serverMain)) throw new Error('VS Code is not installed in .vscode-test/: run `npm test` or `npm start -- --headless-check` once');
  const folder = mkdtempSync(path.join(tmpdir(), 'inspector-vscode-'));
  const folders = makeFolders(folder, isTrusted ? settings : { 'security.workspace.trust.enabled': true, ...settings });
  for (const file of vsix) install(file, folders);
  const token = randomBytes(16).toString('hex');
  const options = [
    '--host',
    '127.0.0.1',
    '--connection-token',
    token,
    '--telemetry-level',
    'off',
    ...(isTrusted ? ['--disable-workspace-trust'] : []),
    ...folders,
  ];
  const { child, port } = await listen([...options, ...(isInstalled ? [] : ['--enable-smoke-test-driver'])], environment(env));
  const kill = (/** @type {NodeJS.Signals} */ signal) => void signalGroup(child, signal);
  const clear = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  const atExit = () => {
    kill('SIGKILL');
    clear();
  };
  process.once('exit', atExit);
  const stop = async () => {
    process.removeListener('exit', atExit);
    const isGone = child.exitCode !== null || child.signalCode !== null;
    const gone = isGone ? Promise.resolve() : new Promise((resolve) => child.once('exit', resolve));
    kill('SIGTERM');
    await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, 2000))]);
    // Extension hosts outlive the server by a moment, and write into the folder until they are gone.
    for (const end = Date.now() + 20_000; signalGroup(child, 'SIGKILL') && Date.now() < end; ) await new Promise((resolve) => setTimeout(resolve, 50));
    clear();
  };
  return { page: (pageOptions) => pageAddress({ port, token }, pageOptions), logs: () => readLogs(folder), stop };
}

/**
 * User data, settings and the built-in extensions. VS Code takes a theme that lies below the extension under development for
 * that extension's own and switches to it; with the cache inside the repository that would be the built-in themes, so they are
 * shown under another path.
 * @param {string} folder
 * @param {Record<string, unknown>} settings
 */
function makeFolders(folder, settings) {
  const userData = path.join(folder, 'user-data');
  const extensions = path.join(folder, 'extensions');
  const builtin = path.join(folder, 'builtin-extensions');
  mkdirSync(path.join(userData, 'User'), { recursive: true });
  mkdirSync(extensions);
  writeFileSync(path.join(userData, 'User', 'settings.json'), JSON.stringify({ ...defaultSettings, ...settings }));
  symlinkSync(path.join(path.dirname(serverMain), '..', 'extensions'), builtin);
  return [
    '--accept-server-license-terms',
    '--server-data-dir',
    folder,
    '--user-data-dir',
    userData,
    '--extensions-dir',
    extensions,
    '--builtin-extensions-dir',
    builtin,
  ];
}

/** @param {string} vsix @param {string[]} folders */
function install(vsix, folders) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [serverMain, ...folders, '--install-extension', path.resolve(vsix), '--force'], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`installing ${vsix}: ${stdout}${stderr}`);
}

/** Variables of an outer VS Code or test runner would confuse the server's child processes. @param {NodeJS.ProcessEnv} env */
function environment(env) {
  const all = { ...process.env, ...env };
  for (const name of Object.keys(all)) if (/^(VSCODE_|ELECTRON_|NODE_OPTIONS$|VITEST)/.test(name)) delete all[name];
  return all;
}

/**
 * A listening server, on the port that the system gave it.
 * @param {string[]} options
 * @param {NodeJS.ProcessEnv} env
 */
async function listen(options, env) {
  const child = spawn(process.execPath, [serverMain, '--port', '0', ...options], { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
  for (const end = Date.now() + 120_000; Date.now() < end && child.exitCode === null; ) {
    const port = /agent listening on (\d+)\s/.exec(output)?.[1];
    if (port) return { child, port: Number(port) };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  signalGroup(child, 'SIGKILL');
  throw new Error(`the VS Code server did not start:\n${output}`);
}

/** Whether a process of its group was still there. @param {import('node:child_process').ChildProcess} child @param {NodeJS.Signals} signal */
function signalGroup(child, signal) {
  try {
    return child.pid !== undefined && process.kill(-child.pid, signal);
  } catch {
    return false;
  }
}

/** @param {{port: number, token: string}} server @param {PageOptions} options */
function pageAddress({ port, token }, { folder, files = [], extensions = [], tests }) {
  const uri = (/** @type {string} */ file) => `vscode-remote://127.0.0.1:${port}${path.resolve(file)}`;
  const payload = [
    ...extensions.map((one) => ['extensionDevelopmentPath', uri(one)]),
    ...(tests ? [['extensionTestsPath', uri(tests)]] : []),
    ...files.map((file) => ['openFile', uri(file)]),
    ['skipWelcome', 'true'],
  ];
  const query = new URLSearchParams({ tkn: token, payload: JSON.stringify(payload) });
  query.set(folder ? 'folder' : 'ew', folder ? path.resolve(folder) : 'true');
  return `http://127.0.0.1:${port}/?${query}`;
}

/** @param {string} folder */
function readLogs(folder) {
  return ['data/logs', 'user-data/logs'].flatMap((part) => {
    const start = path.join(folder, part);
    const files = existsSync(start) ? readdirSync(start, { recursive: true, encoding: 'utf8' }) : [];
    return files.filter((file) => file.endsWith('.log')).map((file) => ({ file, text: readFileSync(path.join(start, file), 'utf8') }));
  });
}
