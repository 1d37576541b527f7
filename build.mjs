// Builds dist/: extension, worker, command line (Node, CommonJS) and the panel (browser). `--watch` rebuilds on change.
// Each bundle is checked for what it must not hold and for its size; what it weighs is printed.

import { chmodSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { context } from 'esbuild';
import { root } from './scripts/run.mjs';
import { thirdPartyNotices } from './scripts/thirdPartyNotices.mjs';

const runtimeFolder = 'node_modules/onnxruntime-web/dist';
const iconsFolder = 'node_modules/@vscode/codicons/dist';
const isWatching = process.argv.includes('--watch');

/** @type {import('esbuild').BuildOptions} */
const shared = {
  bundle: true,
  metafile: true,
  logLevel: 'warning',
  legalComments: 'none',
  sourcemap: isWatching ? 'linked' : false,
  outdir: 'dist',
  absWorkingDir: root,
};
/** @type {import('esbuild').BuildOptions} */
const node = { ...shared, platform: 'node', format: 'cjs', target: 'node20', minifySyntax: true };
/** @type {import('esbuild').BuildOptions} */
const browser = { ...shared, platform: 'browser', format: 'esm', target: 'chrome120', minify: true };
const nodeModules = builtinModules.map((name) => new RegExp(`^(node:)?${name}$`));

/** @typedef {{name: string, options: import('esbuild').BuildOptions, limitInBytes: number, never: RegExp[]}} Bundle */

/** @type {Bundle[]} */
const bundles = [
  {
    name: 'extension',
    options: { ...node, entryPoints: [{ in: 'src/host/extension.node.ts', out: 'extension' }], external: ['vscode'], outExtension: { '.js': '.cjs' } },
    limitInBytes: 200_000,
    never: [/onnxruntime/, /^src\/(engine|onnx|tokenizer|cli)\//, /^webview\//],
  },
  {
    name: 'extension in a browser',
    options: { ...browser, format: 'cjs', entryPoints: [{ in: 'src/host/extension.web.ts', out: 'extension.web' }], external: ['vscode'] },
    limitInBytes: 40_000,
    never: [/onnxruntime/, /^src\/(engine|onnx|tokenizer|models|cli)\//, /^webview\//, ...nodeModules],
  },
  {
    name: 'worker',
    options: {
      ...node,
      entryPoints: [{ in: 'src/engine/main.node.ts', out: 'worker' }],
      outExtension: { '.js': '.cjs' },
      // The module build relies on import.meta.url, which a CommonJS bundle has not; this one looks beside the bundle.
      alias: { 'onnxruntime-web': path.join(root, runtimeFolder, 'ort.node.min.js') },
    },
    limitInBytes: 700_000,
    never: [/^vscode$/, /^src\/(host|cli|models)\//, /^webview\//],
  },
  {
    name: 'command line',
    options: { ...node, entryPoints: [{ in: 'src/cli/main.node.ts', out: 'cli' }], banner: { js: '#!/usr/bin/env node' } },
    limitInBytes: 150_000,
    never: [/^vscode$/, /onnxruntime/, /^src\/host\//, /^webview\//],
  },
  {
    name: 'panel',
    options: {
      ...browser,
      entryPoints: [
        { in: 'webview/main.ts', out: 'webview/main' },
        { in: 'webview/main.css', out: 'webview/main' },
      ],
    },
    limitInBytes: 250_000,
    never: [/^vscode$/, /onnxruntime/, /^src\/(engine|onnx|tokenizer|host|models|cli)\//, ...nodeModules],
  },
];

/** What is copied as it is, and to which folder. */
const copies = new Map([
  [`${runtimeFolder}/ort-wasm-simd-threaded.mjs`, 'dist'],
  [`${runtimeFolder}/ort-wasm-simd-threaded.wasm`, 'dist'],
  [`${iconsFolder}/codicon.css`, 'dist/webview'],
  [`${iconsFolder}/codicon.ttf`, 'dist/webview'],
  ['tokenizer-wasm/pkg/tokenizer.wasm', 'dist'],
]);

function copyAssets() {
  mkdirSync('dist/webview', { recursive: true });
  for (const [file, folder] of copies) cpSync(file, path.join(folder, path.basename(file)));
  cpSync('tokenizer-wasm/pkg/crates.txt', 'dist/tokenizer-crates.txt');
}

/**
 * Stops the build when a bundle holds what its layer must not, or outgrew its budget.
 * @param {Bundle} bundle
 * @param {import('esbuild').Metafile} metafile
 */
function inspectBundle({ name, limitInBytes, never }, metafile) {
  const inputs = Object.entries(metafile.inputs).flatMap(([file, input]) => [file, ...input.imports.filter((one) => one.external).map((one) => one.path)]);
  const found = inputs.find((input) => never.some((rule) => rule.test(input)));
  if (found) throw new Error(`The bundle "${name}" must not hold ${found}.`);
  for (const [file, { bytes }] of Object.entries(metafile.outputs)) {
    if (!/\.(cjs|js|css)$/.test(file)) continue;
    console.log(`${file}  ${(bytes / 1000).toFixed(0)} kB`);
    if (bytes > limitInBytes) throw new Error(`${file} is over its budget of ${limitInBytes / 1000} kB.`);
  }
}

/**
 * Builds one bundle and checks it; the files it was made of. A bundle that fails leaves the others standing.
 * @param {Bundle} bundle
 * @returns {Promise<string[]>}
 */
async function build(bundle) {
  const made = await context(bundle.options);
  try {
    const { metafile } = await made.rebuild();
    if (!metafile) throw new Error(`The bundle "${bundle.name}" has no metafile.`);
    inspectBundle(bundle, metafile);
    if (isWatching) await made.watch();
    return Object.keys(metafile.inputs);
  } catch (error) {
    console.error(`FAILED ${bundle.name}: ${error instanceof Error ? error.message.split('\n', 1)[0] : error}`);
    process.exitCode = 1;
    return [];
  } finally {
    if (!isWatching) await made.dispose();
  }
}

process.chdir(root);
rmSync('dist', { recursive: true, force: true });
copyAssets();
const inputs = await Promise.all(bundles.map(build));
writeFileSync('dist/ThirdPartyNotices.txt', thirdPartyNotices([...inputs.flat(), ...copies.keys()]));
if (process.exitCode !== 1) chmodSync('dist/cli.js', 0o755);
