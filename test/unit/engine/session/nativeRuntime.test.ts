import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findNative } from '../../../../src/engine/session/findNative.node';
import { nativeRuntime } from '../../../../src/engine/session/nativeRuntime.node';

const folder = mkdtempSync(path.join(tmpdir(), 'native-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A package of this name and version with this code. */
function packageAt(place: string, { version = '1.30.0', name = 'onnxruntime-node', code = 'module.exports = {}' } = {}): string {
  const at = path.join(folder, place);
  mkdirSync(at, { recursive: true });
  writeFileSync(path.join(at, 'package.json'), JSON.stringify({ name, version, main: 'index.js' }));
  writeFileSync(path.join(at, 'index.js'), code);
  return at;
}

/** One that gives back what it was fed, or what `given` makes of it. */
const library = (given = 'x') => `class Tensor { constructor(type, data, dims) { Object.assign(this, { type, data, dims }); } }
exports.Tensor = Tensor;
exports.InferenceSession = { create: async () => ({ inputMetadata: [], run: async ({ x }) => ({ y: ${given} }), release: async () => undefined }) };`;

const reasonAt = async (nativePath: string) => {
  const found = await nativeRuntime({ choice: 'native', nativePath }, { productFolder: path.join(folder, 'product'), version: '1.30.0', threads: 1 });
  return 'runtime' in found ? `${found.runtime.name} ${found.runtime.version}` : found.whyNot?.replaceAll(folder, '');
};

describe('the native runtime', () => {
  it.each([
    ['there is nothing', () => path.join(folder, 'none'), 'there is nothing at /none'],
    ['another package is there', () => packageAt('other', { name: 'something' }), '/other holds no onnxruntime-node'],
    ['it has another version', () => packageAt('old', { version: '1.29.0' }), 'the onnxruntime-node in /old has version 1.29.0, not 1.30.0'],
    ['it exports something else', () => packageAt('foreign'), '/foreign does not export what onnxruntime-node does'],
    ['its code is damaged', () => packageAt('damaged', { code: 'garbage(' }), expect.stringMatching(/^the onnxruntime-node in \/damaged does not work here: /)],
    [
      'its host refuses its memory',
      () => packageAt('refused', { code: library("(() => { throw new Error('External buffers are not allowed.\\nmore'); })()") }),
      'the onnxruntime-node in /refused does not work here: External buffers are not allowed',
    ],
    [
      'it computes something else',
      () => packageAt('wrong', { code: library('new Tensor("float32", Float32Array.of(0), [1])') }),
      'the onnxruntime-node in /wrong does not work here: it does not give back what it was fed',
    ],
    ['it works', () => packageAt('good', { code: library() }), 'native 1.30.0'],
  ])('%s', async (_, make, said) => expect(await reasonAt(make())).toEqual(said));

  it('that is not installed is told to who asked for it, not to who leaves the choice', async () => {
    const options = { productFolder: path.join(folder, 'product'), version: '0.0.0-none', threads: 1 };
    const found = await nativeRuntime({ choice: 'auto' }, options);
    const wished = await nativeRuntime({ choice: 'native' }, options);
    // Where this machine has one globally, its version is the reason.
    expect([found, wished]).toEqual(
      'whyNot' in found && found.whyNot === undefined
        ? [{ whyNot: undefined }, { whyNot: 'onnxruntime-node is not installed beside the product or globally' }]
        : [{ whyNot: expect.stringContaining('has version') }, { whyNot: expect.stringContaining('has version') }],
    );
  });
});

describe('where it is looked for', () => {
  it('at the path given: the package, what it is installed in, or the folder above that', async () => {
    const own = packageAt('given/node_modules/onnxruntime-node');
    for (const at of ['given/node_modules/onnxruntime-node', 'given/node_modules', 'given'])
      expect(await findNative(path.join(folder, at), folder, '1.30.0')).toEqual({ folder: own, version: '1.30.0' });
  });
  it('beside the product, and beside it where it is a package itself; one whose version fits goes first', async () => {
    packageAt('node_modules/transformer-inspector', { name: 'transformer-inspector' });
    const product = path.join(folder, 'node_modules/transformer-inspector');
    const sibling = packageAt('node_modules/onnxruntime-node');
    expect(await findNative(undefined, product, '1.30.0')).toEqual({ folder: sibling, version: '1.30.0' });
    cpSync(sibling, path.join(product, 'node_modules/onnxruntime-node'), { recursive: true });
    expect((await findNative(undefined, product, '1.30.0'))?.folder).toContain(path.join('transformer-inspector', 'node_modules'));
    writeFileSync(path.join(product, 'node_modules/onnxruntime-node/package.json'), JSON.stringify({ name: 'onnxruntime-node', version: '1.0.0' }));
    expect(await findNative(undefined, product, '1.30.0')).toEqual({ folder: sibling, version: '1.30.0' });
  });
  it('not in a folder above the product, which may be open', async () => {
    packageAt('open/node_modules/onnxruntime-node', { version: '9.9.9' });
    const found = await findNative(undefined, path.join(folder, 'open/extensions/product'), '9.9.9');
    expect(found?.version).not.toBe('9.9.9');
  });
});
