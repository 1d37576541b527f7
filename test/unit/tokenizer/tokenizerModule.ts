// The compiled module and small tokenizer.json files for tests.

import { readFileSync } from 'node:fs';
import { createTokenizer, type Tokenizer } from '../../../src/tokenizer/createTokenizer';
import { compileTokenizerModule } from '../../../src/tokenizer/webAssembly';

export const packageFolder = new URL('../../../tokenizer-wasm/pkg/', import.meta.url);

export const tokenizerModule = compileTokenizerModule(readFileSync(new URL('tokenizer.wasm', packageFolder)));

const vocabulary = ['[UNK]', '[CLS]', '[SEP]', '[MASK]', 'the', 'server', 'é', '😀', '\uFFFD', 'a'];

const added = (content: string) => ({
  id: vocabulary.indexOf(content),
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
});

const single = [{ SpecialToken: { id: '[CLS]', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }, { SpecialToken: { id: '[SEP]', type_id: 0 } }];

const file = {
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: ['[UNK]', '[CLS]', '[SEP]', '[MASK]'].map(added),
  normalizer: null,
  pre_tokenizer: { type: 'WhitespaceSplit' },
  post_processor: {
    type: 'TemplateProcessing',
    single,
    pair: [...single, { Sequence: { id: 'B', type_id: 1 } }, { SpecialToken: { id: '[SEP]', type_id: 1 } }],
    special_tokens: Object.fromEntries([1, 2].map((id) => [vocabulary[id], { id: vocabulary[id], ids: [id], tokens: [vocabulary[id]] }])),
  },
  decoder: null,
  model: { type: 'WordLevel', vocab: Object.fromEntries(vocabulary.map((token, id) => [token, id])), unk_token: '[UNK]' },
};

/** A word-level tokenizer.json with [CLS] and [SEP], changed where `changes` says. */
export function tokenizerJson(changes: object = {}): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ ...file, ...changes }));
}

export function tokenizerWith(changes: object = {}): Tokenizer {
  return createTokenizer(tokenizerModule, tokenizerJson(changes));
}

/** A tokenizer that splits at the matches of a regular expression. */
export function splittingTokenizer(regex: string): Tokenizer {
  return tokenizerWith({ pre_tokenizer: { type: 'Split', pattern: { Regex: regex }, behavior: 'Isolated', invert: false } });
}
