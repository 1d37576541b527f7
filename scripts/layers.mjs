// Checks the layer table (.dependency-cruiser.cjs) over src/ and webview/. Fails when it sees no modules: a parser that
// cannot read the files would otherwise find them all in order.

import { createRequire } from 'node:module';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { cruise } from 'dependency-cruiser';
import { root } from './run.mjs';

const { forbidden, options } = createRequire(import.meta.url)('../.dependency-cruiser.cjs');

/**
 * Cruises the product's folders.
 * @param {string} folder where src/ and webview/ are
 * @param {string[]} [parts] what of it
 * @returns {Promise<{moduleCount: number, violations: {rule: string, from: string, to: string}[]}>}
 */
export async function cruiseLayers(folder, parts = ['src', 'webview']) {
  const { output } = await cruise(parts, { ...options, baseDir: folder, validate: true, ruleSet: { forbidden } });
  const { modules, summary } = /** @type {import('dependency-cruiser').ICruiseResult} */ (output);
  const own = modules.filter((module) => /^(src|webview)\/.*\.ts$/.test(module.source));
  return { moduleCount: own.length, violations: summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { moduleCount, violations } = await cruiseLayers(root);
  for (const { rule, from, to } of violations) console.log(`${from} → ${to}  (${rule})`);
  console.log(`${moduleCount} modules, ${violations.length} violations`);
  process.exitCode = moduleCount > 0 && violations.length === 0 ? 0 : 1;
}
