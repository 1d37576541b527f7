// From what a person names (a folder, an .onnx file, bundled:NAME) to the files of a model. The only resolver.
// Opens no ONNX file: what the names do not tell is refused with the choices.

import { refuse } from '../core/problem';
import type { ModelFile, ModelSource } from '../protocol/modelSource';
import type { FolderListing } from './folderListing';
import { type ChosenFile, filesOfModel, filesWith, type NamedFile, nameOf, variantsOf } from './modelNames';

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
const normal = (path: string) => path.replace(/\\/g, '/').replace(/(?<=.)\/+$/, '');

/** Names of the bundled models, in alphabetical order. */
export async function bundledModels(bundledFolder: string, listing: FolderListing): Promise<string[]> {
  const entries = (await listing.list(bundledFolder)) ?? [];
  return entries
    .filter((entry) => entry.isFolder)
    .map((entry) => entry.name)
    .sort();
}

/** Finds the files. Problems: modelNotFound, notOnnx (another file), noOnnxFile, noSuchVariant. */
export async function resolveModel(request: ModelRequest, listing: FolderListing): Promise<ModelSource> {
  const { model, bundledFolder } = request;
  const path = model.startsWith(bundledPrefix) ? `${normal(bundledFolder)}/${model.slice(bundledPrefix.length)}` : normal(model);
  const isPlainName = !model.startsWith(bundledPrefix) || /^[\w.-]+$/.test(model.slice(bundledPrefix.length));
  const name = model.startsWith(bundledPrefix) ? model : lastPart(path);
  if (isPlainName && (await listing.list(path))) return fromFolder(name, path, request, listing);
  if (/\.onnx$/i.test(path)) {
    const source = await fromFile(name, path, listing);
    if (source) return source;
  }
  const isFile = (await listing.list(parentOf(path)))?.some((entry) => !entry.isFolder && entry.name === lastPart(path));
  if (isFile) return refuse('notOnnx', { file: model, reason: 'its name does not end in .onnx' });
  return refuse('modelNotFound', { path: model, bundled: (await bundledModels(bundledFolder, listing)).join(', ') });
}

async function fromFolder(name: string, root: string, request: ModelRequest, listing: FolderListing): Promise<ModelSource> {
  const sizes = await onnxFiles(root, listing);
  const files = [...sizes.keys()].map(nameOf);
  if (files.length === 0) refuse('noOnnxFile', { path: root });
  const chosen = request.onnxFile === undefined ? byVariant(files, request.variant) : byName(files, request.onnxFile);
  return sourceOf({ name, root, chosen, sizes }, listing);
}

async function fromFile(name: string, path: string, listing: FolderListing): Promise<ModelSource | undefined> {
  const folder = parentOf(path);
  const hasTokenizer = async (candidate: string) => (await listing.list(candidate))?.some((entry) => entry.name === 'tokenizer.json') ?? false;
  // Hub layout: the tokenizer stands one folder above onnx/.
  const isBelow = !(await hasTokenizer(folder)) && folder !== '.' && folder !== '/' && (await hasTokenizer(parentOf(folder)));
  const prefix = isBelow ? `${lastPart(folder)}/` : '';
  const sizes = await filesIn(folder, prefix, listing);
  const chosen = nameOf(prefix + lastPart(path));
  if (!sizes.has(chosen.path)) return undefined;
  const files = [...sizes.keys()].map(nameOf);
  return sourceOf({ name, root: isBelow ? parentOf(folder) : folder, chosen: filesWith(chosen, files), sizes }, listing);
}

/** Relative paths and sizes of the .onnx files of a folder. */
async function filesIn(folder: string, prefix: string, listing: FolderListing): Promise<Map<string, number>> {
  const entries = (await listing.list(folder)) ?? [];
  const files = entries.filter((entry) => !entry.isFolder && /\.onnx$/i.test(entry.name)).sort((a, b) => (a.name < b.name ? -1 : 1));
  return new Map(files.map((entry) => [prefix + entry.name, entry.sizeInBytes]));
}

/** Those at the root; where there are none, those of onnx/. */
async function onnxFiles(root: string, listing: FolderListing): Promise<Map<string, number>> {
  return new Map([...(await filesIn(root, '', listing)), ...(await filesIn(`${root}/onnx`, 'onnx/', listing))]);
}

function byVariant(files: readonly NamedFile[], wanted: string | undefined): readonly ChosenFile[] {
  const variants = variantsOf(files);
  for (const variant of wanted === undefined ? variants : [wanted]) {
    const chosen = filesOfModel(files.filter((file) => file.variant === variant));
    if (chosen) return chosen;
  }
  const available = wanted === undefined ? files.map((file) => file.path) : variants.map((variant) => variant || '(none: unquantised)');
  return refuse('noSuchVariant', { variant: wanted ?? 'default', available: available.join(', ') });
}

function byName(files: readonly NamedFile[], wanted: string): readonly ChosenFile[] {
  const path = normal(wanted);
  const chosen = files.find((file) => file.path === path) ?? files.find((file) => lastPart(file.path) === path || lastPart(file.path) === `${path}.onnx`);
  return chosen ? filesWith(chosen, files) : refuse('noSuchVariant', { variant: wanted, available: files.map((file) => file.path).join(', ') });
}

interface Found {
  readonly name: string;
  readonly root: string;
  readonly chosen: readonly ChosenFile[];
  readonly sizes: ReadonlyMap<string, number>;
}

async function sourceOf(found: Found, listing: FolderListing): Promise<ModelSource> {
  const { name, root } = found;
  const files = found.chosen.map((file): ModelFile => ({ ...file, sizeInBytes: found.sizes.get(file.path) ?? 0 }));
  const folders = [...new Set(['', ...files.map((file) => (file.path.includes('/') ? `${parentOf(file.path)}/` : ''))])];
  const names = new Set<string>();
  for (const folder of folders) for (const entry of (await listing.list(folder ? `${root}/${folder}` : root)) ?? []) names.add(folder + entry.name);
  const beside = (file: string) => folders.map((folder) => folder + file).find((path) => names.has(path));
  const json = async (file: string) => jsonObject(await listing.readText(`${root}/${beside(file) ?? file}`));
  const [config, generationConfig, tokenizerConfig] = await Promise.all(['config.json', 'generation_config.json', 'tokenizer_config.json'].map(json));
  return {
    name,
    root,
    files,
    tokenizer: beside('tokenizer.json'),
    config: config ?? {},
    generationConfig: generationConfig ?? {},
    tokenizerConfig: tokenizerConfig ?? {},
  };
}

/** {} for what is absent, no JSON, or no object: these files only add hints. */
function jsonObject(text: string | undefined): Readonly<Record<string, unknown>> {
  if (text === undefined) return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
