// What users get: nothing but what the product reads and what they may want to read.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { listFiles, PackageManager } from '@vscode/vsce';
import { beforeAll, describe, expect, it } from 'vitest';
import { packagedReadme } from '../../../scripts/packagedReadme.mjs';
import { root } from '../../../scripts/run.mjs';

const readText = (file: string) => readFileSync(path.join(root, file), 'utf8');

/** All that may lie in the package, by folder and kind; what is new is a decision. */
const allowed: readonly RegExp[] = [
  /^(package\.json|README\.md|CHANGELOG\.md|SECURITY\.md|LICENSE|NOTICE)$/,
  /^media\/(walkthrough\/)?[\w-]+\.(png|svg|md)$/,
  /^examples\/[\w.-]+\.(txt|md)$/,
  /^docs\/(command-line|models|numerics)\.md$/,
  /^dist\/(extension|worker)\.cjs$/,
  /^dist\/(extension\.web|cli)\.js$/,
  /^dist\/(ort-wasm-simd-threaded\.(mjs|wasm)|tokenizer\.wasm)$/,
  /^dist\/(ThirdPartyNotices|tokenizer-crates)\.txt$/,
  /^dist\/webview\/[\w-]+\.(js|css|ttf)$/,
  /^models\/[\w-]+\/onnx\/\w+\.onnx$/,
  /^models\/[\w-]+\/(card\.md|twin\.json|(generation_|tokenizer_)?config\.json|tokenizer\.json)$/,
];

/** Relative targets of links and pictures, without what stands behind a #. */
function targetsOf(text: string): string[] {
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target.replace(/#.*$/, ''));
  return targets.filter((target) => target !== '' && !/^[a-z]+:/i.test(target));
}

describe('the package', () => {
  let files: readonly string[] = [];
  // All folders are walked, those of tools included: on a busy machine that takes a while.
  beforeAll(async () => {
    files = await listFiles({ cwd: root, packageManager: PackageManager.None });
  }, 120_000);

  it('holds nothing that is not on the list', () => {
    expect(files.filter((file) => !allowed.some((kind) => kind.test(file)))).toEqual([]);
  });

  it.each([
    'README.md',
    'SECURITY.md',
    'NOTICE',
    'models/encoder/onnx/model.onnx',
    'models/encoder-untrained/twin.json',
    'docs/models.md',
  ])('holds %s', (file) => expect(files).toContain(file));

  it('links to nothing that it does not hold', () => {
    const links = files
      .filter((file) => file.endsWith('.md') && file !== 'README.md')
      .flatMap((file) => targetsOf(readText(file)).map((target) => path.posix.join(path.posix.dirname(file), target)));
    expect(links.filter((target) => !files.includes(target))).toEqual([]);
  });
});

describe('README.md', () => {
  it('names files that are there', () => {
    const targets = targetsOf(readText('README.md'));
    expect(targets).toContain('SECURITY.md');
    expect(targets.filter((target) => !existsSync(path.join(root, target)))).toEqual([]);
  });

  it('begins with what it is for, and names both commands of the source early', () => {
    const lines = readText('README.md').split('\n');
    expect(lines.findIndex((line) => line.startsWith('npm start'))).toBeLessThan(25);
    expect(lines.findIndex((line) => line.startsWith('npm test'))).toBeLessThan(25);
    expect(lines.findIndex((line) => line.includes('Install from VSIX'))).toBeLessThan(lines.findIndex((line) => line.startsWith('npm start')));
  });

  it('stands in the package with its picture in it, and with no link that VS Code does not follow', () => {
    const packaged = packagedReadme(readText('README.md'), root);
    expect(targetsOf(packaged)).toEqual([]);
    const picture = /!\[[^\]]+\]\(data:image\/png;base64,([\w+/=]+)\)/.exec(packaged)?.[1] ?? '';
    expect(Buffer.from(picture, 'base64').equals(readFileSync(path.join(root, 'docs/images/first-sight.png')))).toBe(true);
    expect(packaged).toContain('Tolerances are in docs/numerics.md');
  });

  it('keeps links to the web and within the page', () => {
    expect(packagedReadme('[a](https://a.org) [b](#limits) [c](d.md)', root)).toBe('[a](https://a.org) [b](#limits) c');
  });

  it.each(['![a](none.png)', '![a](icon.svg)'])('a picture that cannot be put into it stops the packing: %s', (text) => {
    expect(() => packagedReadme(text, root)).toThrow(/none\.png|no PNG/);
  });
});
