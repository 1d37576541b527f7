// The notices of what stands in dist/: licence texts of the npm packages in the bundles, and the crates of the tokenizer.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Packages whose files are copied, not bundled. */
const copied = ['@vscode/codicons', 'onnxruntime-web'];

/**
 * The text of ThirdPartyNotices.txt.
 * @param {Iterable<string>} inputs files of the bundles, relative to the repository's folder
 */
export function thirdPartyNotices(inputs) {
  const bundled = [...inputs].flatMap((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []);
  const packages = [...new Set([...bundled, ...copied])].sort();
  const crates = readFileSync('tokenizer-wasm/pkg/crates.txt', 'utf8').trim();
  return `${packages.map(noticeOf).join('\n\n')}\n\n---- Rust crates in tokenizer.wasm (name, version, licence, source)\n\n${crates}\n`;
}

/** @param {string} name */
function noticeOf(name) {
  const folder = path.join('node_modules', name);
  const { version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file) && existsSync(path.join(folder, file)));
  const texts = files.map((file) => readFileSync(path.join(folder, file), 'utf8').trim());
  return [`---- ${name} ${version} (${license})`, ...texts].join('\n\n');
}
