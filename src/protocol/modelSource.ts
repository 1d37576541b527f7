// Which files a model is made of, as the resolver of src/models found them. The engine reads only these.

/** What a file is for: the plan of feeds joins them. `embeddings` makes the rows that the model takes in the place of tokens; both run as one file. */
export type ModelFileRole = 'model' | 'encoder' | 'decoder' | 'decoderStep' | 'embeddings';

export interface ModelFile {
  readonly role: ModelFileRole;
  /** Path relative to `root`, with forward slashes. */
  readonly path: string;
  readonly sizeInBytes: number;
  /** Taken in the place of the file's own weights when it is read: the resolver gives them to bundled models alone. */
  readonly weights?: FreshWeights;
}

/** Weights of a fresh model, as a seed makes them; norms are ones, biases zeros. */
export interface FreshWeights {
  /** SHA-256 of the file before and after, in hexadecimal. */
  readonly sourceSha256: string;
  readonly sha256: string;
  readonly seed: number;
  /** Bits of float16 numbers, of which each random weight is one. */
  readonly table: readonly number[];
  /** In the order in which they take random numbers. */
  readonly pieces: readonly WeightPiece[];
}

/** `count` weights of `width` bytes each, from byte `offset` of the file. */
export interface WeightPiece {
  readonly fill: 'random' | 'one' | 'zero';
  readonly width: 2 | 4;
  readonly offset: number;
  readonly count: number;
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
