import { expect, it } from 'vitest';
import type { ProblemError } from '../../../src/core/problem';
import type { FolderListing } from '../../../src/models/folderListing';
import { type ModelRequest, resolveModel } from '../../../src/models/resolveModel';

const recipe = (source: string) => JSON.stringify({ sha256: 'after', source, source_sha256: 'before', seed: 1, table: [0], pieces: [] });
const sound = recipe('../whole/onnx/model.onnx');

/** A bundled model beside a twin with this recipe, and the same two in a folder of the user's. */
function listingWith(twin: string): FolderListing {
  const folders: Readonly<Record<string, readonly string[]>> = {
    whole: ['tokenizer.json'],
    'whole/onnx': ['model.onnx', 'model_quantized.onnx'],
    twin: ['twin.json', 'card.md'],
  };
  const place = (path: string) => /^\/(?:b|mine)\/(.*)$/.exec(path)?.[1];
  const texts: Readonly<Record<string, string>> = { 'twin/twin.json': twin, 'twin/card.md': '# The twin' };
  return {
    async list(folder) {
      return folders[place(folder) ?? '']?.map((name) => ({ name, sizeInBytes: 10, isFolder: false }));
    },
    readText: async (path) => texts[place(path) ?? ''],
  };
}

const outcome = (model: string, twin: string, wish: Partial<ModelRequest> = {}) =>
  resolveModel({ model, bundledFolder: '/b', ...wish }, listingWith(twin)).catch((error: unknown) => (error as ProblemError).problem.code);

it.each(['bundled:twin', '/b/twin'])('%s is the other one with weights and a card of its own', async (model) => {
  expect(await outcome(model, sound)).toMatchObject({
    root: '/b/whole',
    files: [{ role: 'model', path: 'onnx/model.onnx', weights: { sha256: 'after', sourceSha256: 'before' } }],
    tokenizer: 'tokenizer.json',
    card: '# The twin',
  });
});

it('the other one keeps its own weights', async () => {
  expect(JSON.stringify(await outcome('bundled:whole', sound))).not.toContain('sourceSha256');
});

it.each<readonly [string, string, string, Partial<ModelRequest>, string]>([
  ['a recipe in a folder of the user', '/mine/twin', sound, {}, 'noOnnxFile'],
  ['a file outside', 'bundled:twin', recipe('../../secret/model.onnx'), {}, 'bundledDamaged'],
  ['a file from the root', 'bundled:twin', recipe('/secret/model.onnx'), {}, 'bundledDamaged'],
  ['a way out and back', 'bundled:twin', recipe('../whole/../../model.onnx'), {}, 'bundledDamaged'],
  ['no JSON', 'bundled:twin', '{', {}, 'bundledDamaged'],
  ['another variant', 'bundled:twin', sound, { variant: 'quantized' }, 'noSuchVariant'],
])('refuses %s', async (_, model, twin, wish, code) => expect(await outcome(model, twin, wish)).toBe(code));
