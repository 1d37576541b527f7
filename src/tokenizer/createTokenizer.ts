// text → Token[] and ids → text with the Rust `tokenizers` crate as WebAssembly (tokenizer-wasm/). Special tokens are
// added; the padding and truncation that a file may ask for are never applied. Unexpected files are refused, not mended.

import { isLfsPointer } from '../core/files/lfsPointer';
import { refuse } from '../core/problem';
import type { Token } from '../core/token';
import { createDecodeStream, type DecodeStream } from './decodeStream';
import { type ModelFacts, readModelFacts } from './modelFacts';
import { readEncoding } from './readEncoding';
import { Failure, Trap, WasmInstance } from './wasmInstance';
import type { TokenizerModule } from './webAssembly';

/** The largest known files have about 35 MB; reading one takes about ten times its size of memory. */
const MAX_FILE_BYTES = 128 * 2 ** 20;
/** Beyond this the tables of the Rust side would not fit into its 4 GB. */
const MAX_TEXT_UNITS = 8_000_000;

export interface Encoding {
  /** With special tokens, in the order the model receives them. */
  readonly tokens: readonly Token[];
}

/** A token that the file adds to its vocabulary. */
export interface AddedToken {
  readonly id: number;
  readonly text: string;
  /** As the file says: decoding with `skipSpecial` leaves it out. */
  readonly isSpecial: boolean;
}

export interface Tokenizer {
  /** Throws a ProblemError: textTooLarge, or tokenizerBroken where the file cannot encode this text. */
  encode(text: string, pair?: string): Encoding;
  decode(ids: readonly number[], options?: { readonly skipSpecial?: boolean }): string;
  decodeStream(options?: { readonly skipSpecial?: boolean }): DecodeStream;
  /** The id of a token's own spelling (`Ġthe`, `[MASK]`). */
  findId(text: string): number | undefined;
  /** The spelling of an id. */
  findText(id: number): string | undefined;
  /** Number of tokens, added ones included; ids may be larger where the vocabulary has gaps. */
  readonly vocabularySize: number;
  /** By id. */
  readonly addedTokens: readonly AddedToken[];
  /** The added token that stands for a word to be guessed (`[MASK]`, `<mask>`). */
  readonly maskToken: AddedToken | undefined;
  /** Read at the first use. */
  modelFacts(): ModelFacts;
  /** The number of tokens to which the file asks to truncate; it is not applied here. */
  readonly truncationLimit: number | undefined;
}

interface Facts {
  readonly added: readonly (readonly [number, string, boolean])[];
  readonly truncation: number | null;
}

/** Reads a tokenizer.json. Throws a ProblemError tokenizerBroken with the reason when it cannot be used. */
export function createTokenizer(module: TokenizerModule, json: Uint8Array): Tokenizer {
  if (json.length > MAX_FILE_BYTES) {
    refuse('tokenizerBroken', { reason: `it has ${Math.ceil(json.length / 2 ** 20)} MB; at most ${MAX_FILE_BYTES / 2 ** 20} MB are read` });
  }
  if (isLfsPointer(json)) refuse('lfsPointer', { file: 'tokenizer.json' });
  const use = instanceUser(module, withoutMark(json));
  const facts = JSON.parse(use((instance) => text(instance.output([], ({ facts }) => facts())))) as Facts;
  const addedTokens = facts.added.map(([id, spelling, isSpecial]) => ({ id, text: spelling, isSpecial }));
  const idOf = (spelling: string) => use((instance) => findId(instance, spelling));
  let modelFacts: ModelFacts | undefined;
  const decode: Tokenizer['decode'] = (ids, { skipSpecial = false } = {}) =>
    use((instance) => text(instance.output([idBytes(ids)], (wasm, [at = 0]) => wasm.decode(at, 4 * ids.length, skipSpecial ? 1 : 0))));
  return {
    encode: (first, pair) => ({ tokens: use((instance) => encode(instance, first, pair)) }),
    decode,
    decodeStream: (options) => createDecodeStream((ids) => decode(ids, options)),
    findId: idOf,
    findText: (id) => use((instance) => findText(instance, id)),
    vocabularySize: use((instance) => instance.number([], (wasm) => wasm.vocabulary_size())),
    addedTokens,
    maskToken: addedTokens.find((token) => /^[[<]\|?mask\|?[\]>]$/i.test(token.text)),
    modelFacts: () => {
      modelFacts ??= readModelFacts(withoutMark(json), idOf);
      return modelFacts;
    },
    truncationLimit: facts.truncation ?? undefined,
  };
}

/** The library takes no byte order mark, and some editors write one. */
function withoutMark(json: Uint8Array): Uint8Array {
  return json[0] === 0xef && json[1] === 0xbb && json[2] === 0xbf ? json.subarray(3) : json;
}

/** Runs work on the loaded instance; failures become Problems, and an instance that trapped is replaced at the next call. */
function instanceUser(module: TokenizerModule, json: Uint8Array): <T>(work: (instance: WasmInstance) => T) => T {
  let loaded: WasmInstance | undefined;
  return (work) => {
    try {
      loaded ??= load(module, json);
      return work(loaded);
    } catch (error) {
      if (error instanceof Trap) loaded = undefined;
      if (error instanceof Trap || error instanceof Failure) refuse('tokenizerBroken', { reason: error.message });
      throw error;
    }
  };
}

function load(module: TokenizerModule, json: Uint8Array): WasmInstance {
  const instance = new WasmInstance(module);
  instance.output([json], (wasm, [at = 0]) => wasm.load(at, json.length));
  return instance;
}

function encode(instance: WasmInstance, first: string, pair: string | undefined): Token[] {
  const count = first.length + (pair?.length ?? 0);
  if (count > MAX_TEXT_UNITS) refuse('textTooLarge', { count, limit: MAX_TEXT_UNITS });
  // TextEncoder writes lone surrogates as U+FFFD.
  const inputs = [new TextEncoder().encode(first), new TextEncoder().encode(pair ?? '')] as const;
  const packed = instance.output(inputs, (wasm, [at = 0, pairAt = 0]) =>
    wasm.encode(at, inputs[0].length, pairAt, inputs[1].length, pair === undefined ? 0 : 1),
  );
  return readEncoding(packed, first, pair);
}

function findId(instance: WasmInstance, spelling: string): number | undefined {
  const bytes = new TextEncoder().encode(spelling);
  const id = instance.number([bytes], (wasm, [at = 0]) => wasm.token_to_id(at, bytes.length));
  return id < 0 ? undefined : id;
}

function findText(instance: WasmInstance, id: number): string | undefined {
  try {
    return text(instance.output([], (wasm) => wasm.id_to_token(id)));
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

function idBytes(ids: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * ids.length);
  const view = new DataView(bytes.buffer);
  for (const [index, id] of ids.entries()) view.setUint32(4 * index, id, true);
  return bytes;
}

function text(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}
