// Which files a model is made of, as the resolver of src/models found them. The engine reads only these.

/** What a file is for: the plan of feeds joins them. `embeddings` makes the rows that the model takes in the place of tokens; both run as one file. */
export type ModelFileRole = 'model' | 'encoder' | 'decoder' | 'decoderStep' | 'embeddings';

export interface ModelFile {
  readonly role: ModelFileRole;
  /** Path relative to `root`, with forward slashes. */
  readonly path: string;
  readonly sizeInBytes: number;
}

export interface ModelSource {
  /** For people: folder name, file name or bundled:NAME. */
  readonly name: string;
  /** Absolute folder; external data outside it is never opened. */
  readonly root: string;
  readonly files: readonly ModelFile[];
  /** Other files of the folder and of the same variant, in the order in which they are tried where the only one of `files` takes more than a text. */
  readonly alternatives?: readonly ModelFile[];
  /** Relative path of tokenizer.json; undefined where there is none. */
  readonly tokenizer?: string;
  /** Where there is none: files of other kinds of tokenizers, for the sentence that refuses them. */
  readonly otherTokenizerFiles?: readonly string[];
  /** Parsed config.json, generation_config.json, tokenizer_config.json where they exist and are JSON objects. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly generationConfig: Readonly<Record<string, unknown>>;
  readonly tokenizerConfig: Readonly<Record<string, unknown>>;
  /** Text of the folder's card.md, where it has one: what the model is, what helped it, what it cannot do. */
  readonly card?: string;
}
