// `npm run package`: builds, and packs dist/transformer-inspector.vsix out of what .vscodeignore lets in. With `-- --target linux-x64` (or another
// one) packs dist/transformer-inspector-linux-x64.vsix, which holds the native runtime for that platform, too.

import { cpSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createVSIX, listFiles, PackageManager } from '@vscode/vsce';
import { nativeTargets, stageNative } from './nativePackage.mjs';
import { packagedReadme } from './packagedReadme.mjs';
import { buildProduct } from './prepare.mjs';
import { root } from './run.mjs';

/** Where the package lies before it is packed. */
const stage = path.join(root, '.cache/package');
const readRoot = (/** @type {string} */ file) => readFileSync(path.join(root, file), 'utf8');
const megabytes = (/** @type {number} */ bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

const { target } = parseArgs({ options: { target: { type: 'string' } } }).values;
if (target !== undefined && !nativeTargets.includes(target)) {
  console.error(`There is no package for ${target}: there are ${nativeTargets.join(', ')}.`);
  process.exit(1);
}
await buildProduct();
const files = await listFiles({ cwd: root, packageManager: PackageManager.None });
rmSync(stage, { recursive: true, force: true });
for (const file of files) {
  mkdirSync(path.dirname(path.join(stage, file)), { recursive: true });
  cpSync(path.join(root, file), path.join(stage, file));
}
writeFileSync(path.join(stage, 'README.md'), packagedReadme(readRoot('README.md'), root));
// Scripts and development packages are of no use there.
const { scripts: _, devDependencies: __, ...manifest } = JSON.parse(readRoot('package.json'));
writeFileSync(path.join(stage, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
if (target !== undefined) console.log(`native runtime for ${target}: ${megabytes(stageNative(stage, target))}`);
const packagePath = path.join(root, `dist/transformer-inspector${target === undefined ? '' : `-${target}`}.vsix`);
await createVSIX({ cwd: stage, packagePath, target, dependencies: false, rewriteRelativeLinks: false, allowMissingRepository: true });
console.log(`${path.relative(root, packagePath)}  ${megabytes(statSync(packagePath).size)}`);
rmSync(stage, { recursive: true, force: true });
