// What a platform's package holds beside the universal one: onnxruntime-node with that platform's CPU library alone. No install script, no
// download: the npm package brings the libraries of all platforms.

import { appendFileSync, cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './run.mjs';

/** The library that the binding loads by name; what serves other processors than the CPU (DirectML, WebGPU) is loaded only when it is asked for. */
const libraries = { linux: 'libonnxruntime.so.1', darwin: 'libonnxruntime.1.dylib', win32: 'onnxruntime.dll' };

/** Targets of VS Code → folder of the libraries. @type {Readonly<Record<string, {system: keyof typeof libraries, processor: string}>>} */
const places = {
  'linux-x64': { system: 'linux', processor: 'x64' },
  'linux-arm64': { system: 'linux', processor: 'arm64' },
  'darwin-arm64': { system: 'darwin', processor: 'arm64' },
  'win32-x64': { system: 'win32', processor: 'x64' },
  'win32-arm64': { system: 'win32', processor: 'arm64' },
};
export const nativeTargets = Object.keys(places);

const packages = path.join(root, 'node_modules');

/** @param {string} name @param {string} stage */
const placeOf = (name, stage) => path.join(stage, 'native/node_modules', name);

/** A package's code and what of its manifest Node reads. @param {string} name @param {string} code folder of it @param {string} stage */
function copyCode(name, code, stage) {
  const { version, license, main } = JSON.parse(readFileSync(path.join(packages, name, 'package.json'), 'utf8'));
  const to = placeOf(name, stage);
  mkdirSync(path.join(to, code), { recursive: true });
  writeFileSync(path.join(to, 'package.json'), `${JSON.stringify({ name, version, license, main, type: 'commonjs' }, null, 2)}\n`);
  const files = readdirSync(path.join(packages, name, code)).filter((file) => file.endsWith('.js'));
  for (const file of files) cpSync(path.join(packages, name, code, file), path.join(to, code, file));
}

/**
 * Puts the runtime of a target into the folder that is packed.
 * @param {string} stage
 * @param {string} target one of `nativeTargets`
 * @returns {number} bytes of the libraries
 */
export function stageNative(stage, target) {
  const place = places[target];
  if (!place) throw new Error(`There is no package for ${target}.`);
  copyCode('onnxruntime-node', 'dist', stage);
  copyCode('onnxruntime-common', 'dist/cjs', stage);
  const folder = path.join('bin/napi-v6', place.system, place.processor);
  const from = path.join(packages, 'onnxruntime-node', folder);
  const to = path.join(placeOf('onnxruntime-node', stage), folder);
  mkdirSync(to, { recursive: true });
  const files = ['onnxruntime_binding.node', libraries[place.system]];
  for (const file of files) cpSync(path.join(from, file), path.join(to, file));
  const { version, license } = JSON.parse(readFileSync(path.join(packages, 'onnxruntime-node/package.json'), 'utf8'));
  const text = readFileSync(path.join(root, `notices/onnxruntime-web-${version}/LICENSE.txt`), 'utf8').trim();
  const linked = `What is linked into its library: see the texts of onnxruntime-web ${version} above, which is made of the same source.`;
  appendFileSync(path.join(stage, 'dist/ThirdPartyNotices.txt'), `\n\n---- onnxruntime-node ${version} (${license})\n\n${text}\n\n${linked}\n`);
  return files.reduce((sum, file) => sum + statSync(path.join(to, file)).size, 0);
}
