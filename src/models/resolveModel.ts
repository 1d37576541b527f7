// From what a person names (a folder, an .onnx file, bundled:NAME) to the files of a model. The only resolver.
// Opens no ONNX file: what the names do not tell is refused with the choices.

import { refuse } from '../core/problem';
import type { ModelFile, ModelSource } from '../protocol/modelSource';
import { readTwin } from './bundledTwin';
import type { FolderListing } from './folderListing';
import { hasTokenizer, readExtras } from './modelExtras';
import { alternativesTo, type ChosenFile, filesOfModel, filesWith, type NamedFile, nameOf, variantsOf } from './modelNames';

export interface ModelRequest {
  /** Folder, .onnx file, or `bundled:NAME`. */
  readonly model: string;
  readonly variant?: string;
  /** File name within the folder, with or without `onnx/`. */
  readonly onnxFile?: string;
  /** Folder that holds the bundled models, one folder each. */
  readonly bundledFolder: string;
}

const bundledPrefix = 'bundled:';
const lastPart = (path: string) => path.slice(path.lastIndexOf('/') + 1);
const parentOf = (path: string) => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) || '/' : '.');
/** Forward slashes, none at the end. In a path from the root `/` a backslash is part of a name. */
const normal = (path: string) => (path.startsWith('/') ? path : path.replace(/\\/g, '/')).replace(/(?<=.)\/+$/, '');

/** Names of the bundled models, in alphabetical order. */
export async function bundledModels(bundledFolder: string, listing: FolderListing): Promise<string[]> {
  const entries = (await listing.list(bundledFolder)) ?? [];
  return entries
    .filter((entry) => entry.isFolder)
    .map((entry) => entry.name)
    .sort();
}

/** Finds the files. Problems: modelNotFound, notOnnx (another file), noOnnxFile, noSuchVariant, noSuchOnnxFile, whichOnnxFile, bundledDamaged. */
export async function resolveModel(request: ModelRequest, listing: FolderListing): Promise<ModelSource> {
  const { model, bundledFolder } = request;
  if (model.trim() === '') refuse('usage', { detail: 'The name of the model is empty.' });
  const path = model.startsWith(bundledPrefix) ? `${normal(bundledFolder)}/${model.slice(bundledPrefix.length)}` : normal(model);
  const isPlainName = !model.startsWith(bundledPrefix) || /^[\w.-]+$/.test(model.slice(bundledPrefix.length));
  const name = model.startsWith(bundledPrefix) ? model : lastPart(path);
  if (isPlainName && (await listing.list(path))) {
    const twin = parentOf(path) === normal(bundledFolder) ? await twinFrom(name, path, request, listing) : undefined;
    return twin ?? fromFolder(name, path, request, listing);
  }
  if (/\.onnx$/i.test(path)) {
    if (request.variant !== undefined || request.onnxFile !== undefined)
      refuse('usage', { detail: '--variant and --onnx-file choose a file of a folder, and the model is given as a file.' });
    const source = await fromFile(name, path, listing);
    if (source) return source;
  }
  const isFile = (await listing.list(parentOf(path)))?.some((entry) => !entry.isFolder && entry.name === lastPart(path));
  if (isFile) return refuse('notOnnx', { file: model, reason: 'its name does not end in .onnx' });
  return refuse('modelNotFound', { path: model, bundled: (await bundledModels(bundledFolder, listing)).join(', ') });
}

async function fromFolder(name: string, folder: string, request: ModelRequest, listing: FolderListing): Promise<ModelSource> {
  if (request.variant !== undefined && request.onnxFile !== undefined) refuse('usage', { detail: '--variant and --onnx-file exclude each other.' });
  const { root, prefix } = await rootOf(folder, listing);
  const sizes = prefix ? await filesIn(folder, prefix, listing) : await onnxFiles(folder, listing);
  const files = [...sizes.keys()].map(nameOf);
  if (files.length === 0) refuse('noOnnxFile', { path: folder });
  const isNamed = request.onnxFile !== undefined;
  const chosen = request.onnxFile === undefined ? byVariant(files, request.variant, folder) : byName(files, request.onnxFile);
  return sourceOf({ name, root, chosen, alternatives: alternativesTo(chosen, files, { isNamed }), sizes }, listing);
}

/** A bundled model that is another one with fresh weights: that one's files, and a card of its own. Undefined where the folder is no such model. */
async function twinFrom(name: string, folder: string, request: ModelRequest, listing: FolderListing): Promise<ModelSource | undefined> {
  const twin = await readTwin(folder, listing);
  if (!twin) return undefined;
  const source = await fromFolder(name, `${parentOf(folder)}/${twin.model}`, request, listing);
  const files = source.files.map((file) =>
    file.path === twin.path
      ? { ...file, weights: twin.weights }
      : refuse('noSuchVariant', { variant: request.variant ?? file.path, available: '(none: unquantised)' }),
  );
  const card = await listing.readText(`${folder}/card.md`);
  return { ...source, files, ...(card !== undefined && { card }) };
}

async function fromFile(name: string, path: string, listing: FolderListing): Promise<ModelSource | undefined> {
  const { root, prefix } = await rootOf(parentOf(path), listing);
  const sizes = await filesIn(parentOf(path), prefix, listing);
  const chosen = nameOf(prefix + lastPart(path));
  if (!sizes.has(chosen.path)) return undefined;
  const files = [...sizes.keys()].map(nameOf);
  const all = filesWith(chosen, files);
  return sourceOf({ name, root, chosen: all, alternatives: alternativesTo(all, files, { isNamed: true }), sizes }, listing);
}

/** Hub layout: the tokenizer stands one folder above onnx/, and that folder is then the model's. */
async function rootOf(folder: string, listing: FolderListing): Promise<{ readonly root: string; readonly prefix: string }> {
  const isTop = folder === '.' || folder === '/';
  const isBelow = !isTop && !(await hasTokenizer(folder, listing)) && (await hasTokenizer(parentOf(folder), listing));
  return isBelow ? { root: parentOf(folder), prefix: `${lastPart(folder)}/` } : { root: folder, prefix: '' };
}

/** Relative paths and sizes of the .onnx files of a folder. */
async function filesIn(folder: string, prefix: string, listing: FolderListing): Promise<Map<string, number>> {
  const entries = (await listing.list(folder)) ?? [];
  const files = entries.filter((entry) => !entry.isFolder && /\.onnx$/i.test(entry.name)).sort((a, b) => (a.name < b.name ? -1 : 1));
  return new Map(files.map((entry) => [prefix + entry.name, entry.sizeInBytes]));
}

/** Those at the root and those of onnx/. */
async function onnxFiles(root: string, listing: FolderListing): Promise<Map<string, number>> {
  return new Map([...(await filesIn(root, '', listing)), ...(await filesIn(`${root}/onnx`, 'onnx/', listing))]);
}

const manyNames = 20;
const listed = (names: readonly string[]) => names.slice(0, manyNames).join(', ') + (names.length > manyNames ? ' …' : '');

function byVariant(files: readonly NamedFile[], wanted: string | undefined, path: string): readonly ChosenFile[] {
  const variants = variantsOf(files);
  for (const variant of wanted === undefined ? variants : [wanted]) {
    const chosen = filesOfModel(files, variant);
    if (chosen) return chosen;
  }
  if (wanted === undefined) return refuse('whichOnnxFile', { path, available: listed(files.map((file) => file.path)) });
  return refuse('noSuchVariant', { variant: wanted, available: listed(variants.map((variant) => variant || '(none: unquantised)')) });
}

function byName(files: readonly NamedFile[], wanted: string): readonly ChosenFile[] {
  const path = normal(wanted);
  const chosen = files.find((file) => file.path === path) ?? files.find((file) => lastPart(file.path) === path || lastPart(file.path) === `${path}.onnx`);
  return chosen ? filesWith(chosen, files) : refuse('noSuchOnnxFile', { file: wanted, available: listed(files.map((file) => file.path)) });
}

interface Found {
  readonly name: string;
  readonly root: string;
  readonly chosen: readonly ChosenFile[];
  readonly alternatives?: readonly string[];
  readonly sizes: ReadonlyMap<string, number>;
}

async function sourceOf({ name, root, chosen, alternatives = [], sizes }: Found, listing: FolderListing): Promise<ModelSource> {
  const listedFile = (file: ChosenFile): ModelFile => ({ ...file, sizeInBytes: sizes.get(file.path) ?? 0 });
  const files = chosen.map(listedFile);
  return {
    name,
    root,
    files,
    ...(alternatives.length > 0 && { alternatives: alternatives.map((path) => listedFile({ role: 'model', path })) }),
    ...(await readExtras(
      root,
      files.map((file) => file.path),
      listing,
    )),
  };
}
