// The notices of what stands in dist/: the licence texts of npm packages, of what is linked into their WebAssembly, and of the tokenizer's crates.
// Whatever has no text stops the build.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Shorter than any licence: a file that only points elsewhere. */
const shortestText = 200;
const ownText = /^(licen[cs]e|notice|copying)/i;
const linkedText = /^third.?party.?notices/i;

/**
 * The text of ThirdPartyNotices.txt.
 * @param {readonly string[]} files what the bundles are made of and what is copied beside them
 * @param {string} [folder] of the repository: there lie node_modules/, notices/ and the tokenizer
 * @throws an Error that names what has no licence text
 */
export function thirdPartyNotices(files, folder = '.') {
  const names = [...new Set(files.flatMap((file) => packageOf(file) ?? []))].sort();
  const packages = names.map((name) => noticeOf(name, folder, hasWasm(name, files)));
  return `${[...packages, ...crateNotices(folder)].join('\n\n')}\n`;
}

/** The package that a file belongs to: `@scope/name`. @param {string} file */
const packageOf = (file) => /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file.replaceAll('\\', '/'))?.[1];

/** @param {string} name @param {readonly string[]} files */
const hasWasm = (name, files) => files.some((file) => file.endsWith('.wasm') && packageOf(file) === name);

/**
 * A package's own texts, else those that notices/NAME-VERSION/ holds for it; both for what is linked into a WebAssembly file.
 * @param {string} name @param {string} folder @param {boolean} isLinked
 */
function noticeOf(name, folder, isLinked) {
  const own = path.join(folder, 'node_modules', name);
  const { version, license } = JSON.parse(readFileSync(path.join(own, 'package.json'), 'utf8'));
  const kept = path.join('notices', `${name}-${version}`);
  const texts = [own, path.join(folder, kept)].flatMap((place) => textsIn(place));
  const needs = (/** @type {RegExp} */ form, /** @type {string} */ what) => {
    if (!texts.some(({ file }) => form.test(file))) throw new Error(`${name} ${version} has no ${what}: put it into ${kept}/.`);
  };
  needs(ownText, 'licence text');
  if (isLinked) needs(linkedText, 'text of what is linked into it');
  return [`---- ${name} ${version} (${license})`, ...texts.map(({ text }) => text)].join('\n\n');
}

/** The licence texts of a folder. @param {string} place */
function textsIn(place) {
  const files = existsSync(place) ? readdirSync(place, { withFileTypes: true }).filter((entry) => entry.isFile()) : [];
  return files
    .filter(({ name }) => ownText.test(name) || linkedText.test(name))
    .map(({ name }) => ({ file: name, text: readFileSync(path.join(place, name), 'utf8').trim() }))
    .filter(({ text }) => text.length >= shortestText);
}

/** The texts of what is in tokenizer.wasm, each under its line of crates.txt. @param {string} folder @returns {string[]} */
function crateNotices(folder) {
  const built = path.join(folder, 'tokenizer-wasm/pkg');
  const lines = readFileSync(path.join(built, 'crates.txt'), 'utf8').trim().split('\n');
  const notices = readFileSync(path.join(built, 'licences.txt'), 'utf8')
    .trim()
    .split(/^(?=---- )/m)
    .map((notice) => notice.trim());
  for (const line of lines) {
    const [crate = ''] = line.split(' · ');
    const notice = notices.find((one) => one.startsWith(`---- ${crate} (`));
    if (!notice || notice.length - notice.indexOf('\n') < shortestText)
      throw new Error(`${crate} in tokenizer.wasm has no licence text: npm run build:tokenizer writes it.`);
  }
  return notices;
}
