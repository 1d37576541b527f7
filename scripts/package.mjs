// `npm run package`: builds, and packs dist/transformer-inspector.vsix out of what .vscodeignore lets in.

import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createVSIX, listFiles, PackageManager } from '@vscode/vsce';
import { packagedReadme } from './packagedReadme.mjs';
import { buildProduct } from './prepare.mjs';
import { root } from './run.mjs';

/** Where the package lies before it is packed. */
const stage = path.join(root, '.cache/package');
const readRoot = (/** @type {string} */ file) => readFileSync(path.join(root, file), 'utf8');

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
const packagePath = path.join(root, 'dist/transformer-inspector.vsix');
await createVSIX({ cwd: stage, packagePath, dependencies: false, rewriteRelativeLinks: false, allowMissingRepository: true });
rmSync(stage, { recursive: true, force: true });
