// What stands beside the ONNX files of a model: its tokenizer and its configurations. Opens no tokenizer; configurations only add hints.

import type { ModelSource } from '../protocol/modelSource';
import type { FolderListing, ListedFile } from './folderListing';

type Json = Readonly<Record<string, unknown>>;
export type ModelExtras = Pick<ModelSource, 'tokenizer' | 'otherTokenizerFiles' | 'config' | 'generationConfig' | 'tokenizerConfig' | 'card'>;

/** Files of tokenizers that are no tokenizer.json: vocabularies, merges, SentencePiece and tiktoken models. */
const otherForm =
  /^(vocab\.(txt|json|bpe)|merges\.txt|encoder\.json|tekken\.json|bpe\.codes|(tokenizer|spiece|sentencepiece(\.bpe)?)\.model|.*\.(spm|tiktoken))$/i;

/** Characters of a card that are read. */
const cardLimit = 20_000;

/** Folders of a model's folder in which its tokenizer may stand. */
const tokenizerFolders = ['', 'onnx/', 'tokenizer/'];

export const isTokenizerIn = (entries: readonly ListedFile[]) => entries.some((entry) => !entry.isFolder && entry.name === 'tokenizer.json');

/** Whether a folder, or one of its folders that are meant for it, holds a tokenizer.json. */
export async function hasTokenizer(folder: string, listing: FolderListing): Promise<boolean> {
  const lists = await Promise.all(tokenizerFolders.map((below) => listing.list(`${folder}/${below}`.replace(/\/$/, ''))));
  return lists.some((entries) => isTokenizerIn(entries ?? []));
}

/** `paths` are the model's ONNX files, relative to `root`: what stands nearest to them counts. */
export async function readExtras(root: string, paths: readonly string[], listing: FolderListing): Promise<ModelExtras> {
  const own = paths.map((path) => path.slice(0, path.lastIndexOf('/') + 1));
  const folders = [...new Set([...own, ...tokenizerFolders])];
  const names = new Set<string>();
  for (const folder of folders) {
    const entries = (await listing.list(`${root}/${folder}`.replace(/\/$/, ''))) ?? [];
    for (const entry of entries) if (!entry.isFolder) names.add(folder + entry.name);
  }
  const beside = (file: string) => folders.map((folder) => folder + file).find((path) => names.has(path));
  const json = async (file: string): Promise<Json> => {
    const path = beside(file);
    return path === undefined ? {} : jsonObject(await listing.readText(`${root}/${path}`));
  };
  const tokenizer = beside('tokenizer.json');
  const card = names.has('card.md') ? await listing.readText(`${root}/card.md`) : undefined;
  const others = [...names].filter((path) => otherForm.test(path.slice(path.lastIndexOf('/') + 1)));
  return {
    tokenizer,
    ...(tokenizer === undefined && others.length > 0 && { otherTokenizerFiles: others.sort() }),
    config: ofTextModel(await json('config.json')),
    generationConfig: await json('generation_config.json'),
    tokenizerConfig: await json('tokenizer_config.json'),
    ...(card !== undefined && { card: card.slice(0, cardLimit) }),
  };
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** {} for what is absent, no JSON, or no object. A byte order mark in front is no part of the JSON. */
function jsonObject(text: string | undefined): Json {
  try {
    const value: unknown = JSON.parse((text ?? '').replace(/^\uFEFF/, ''));
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** Models of text and something else keep the sizes of their text part in `text_config`. */
function ofTextModel(config: Json): Json {
  return isObject(config.text_config) ? { ...config.text_config, ...config } : config;
}
