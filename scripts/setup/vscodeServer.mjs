// Puts VS Code for the browser (workbench and Node extension host) into .vscode-test/, out of npm's package `code-server`.
// Nothing is compiled and no install script runs: terminal and proxy authentication are missing, and nothing else. Linux only.

import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root, run } from '../run.mjs';
import { spdlog, watchdog } from './replacements.mjs';

/** The oldest VS Code that the extension supports; it runs on Node 20 and later. */
export const vscodeVersion = '1.100.3';
const packageVersion = '4.100.3';
const ripgrepVersion = '1.18.0';

/** Where VS Code lies once installed. */
export const vscodeFolder = path.join(root, '.vscode-test', `web-${vscodeVersion}`);
/** The server's main file. */
export const serverMain = path.join(vscodeFolder, 'lib/vscode/out/server-main.js');

/**
 * Installs VS Code unless it is there. Needs npm, tar and the npm registry; about 270 MB and 20 s.
 * @throws an Error with the output of the command that failed
 */
export async function installVscodeServer() {
  if (existsSync(path.join(vscodeFolder, '.ok'))) return;
  console.log(`Installing VS Code ${vscodeVersion} for the browser (npm code-server@${packageVersion}) …`);
  const parent = path.dirname(vscodeFolder);
  mkdirSync(parent, { recursive: true });
  // npm must not see this repository's own package: every call runs in a folder of its own.
  const folder = mkdtempSync(path.join(parent, 'tmp-'));
  await unpack(`code-server@${packageVersion}`, folder, ['package/lib/vscode', 'package/LICENSE', 'package/ThirdPartyNotices.txt']);
  const made = path.join(folder, 'package');
  const server = path.join(made, 'lib/vscode');
  // Its shrinkwrap does not hold every optional package, which `npm ci` refuses; `npm install` takes what is pinned from it.
  await need('npm', ['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'], server);
  replaceNativeModules(path.join(server, 'node_modules'));
  await addRipgrep(path.join(server, 'node_modules/@vscode/ripgrep'), folder);
  writeFileSync(path.join(made, '.ok'), '');
  rmSync(vscodeFolder, { recursive: true, force: true });
  renameSync(made, vscodeFolder);
  rmSync(folder, { recursive: true, force: true });
}

/**
 * Downloads an npm package and unpacks it in `folder`, as package/.
 * @param {string} name with its version
 * @param {string} folder
 * @param {string[]} parts what of it
 */
async function unpack(name, folder, parts) {
  await need('npm', ['pack', '--silent', name], folder);
  const archive = readdirSync(folder).find((file) => file.endsWith('.tgz'));
  if (!archive) throw new Error(`npm pack ${name} gave no file`);
  await need('tar', ['xzf', archive, ...parts], folder);
  rmSync(path.join(folder, archive));
}

/** @param {string} command @param {string[]} parameters @param {string} folder */
async function need(command, parameters, folder) {
  const { isDone, output } = await run({ name: command, command, parameters }, { folder });
  if (!isDone) throw new Error(`${command} ${parameters.join(' ')} failed:\n${output.slice(-3000)}`);
}

/** @param {string} modules */
function replaceNativeModules(modules) {
  writeFileSync(path.join(modules, '@vscode/spdlog/index.js'), spdlog);
  for (const name of ['native-watchdog', '@vscode/native-watchdog']) {
    if (existsSync(path.join(modules, name))) writeFileSync(path.join(modules, name, 'index.js'), watchdog);
  }
}

/** The search program, which its package would download from GitHub in an install script. */
async function addRipgrep(/** @type {string} */ target, /** @type {string} */ folder) {
  const own = mkdtempSync(path.join(folder, 'rg-'));
  await unpack(`@vscode/ripgrep-linux-${process.arch}@${ripgrepVersion}`, own, ['package/bin']);
  cpSync(path.join(own, 'package/bin'), path.join(target, 'bin'), { recursive: true });
}
