import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../../src/core/problem';
import type { EndChoice } from '../../../../src/core/token';
import { withConfiguredEnds } from '../../../../src/engine/text/addedEnds';
import type { ModelSource } from '../../../../src/protocol/modelSource';
import { createTokenizer } from '../../../../src/tokenizer/createTokenizer';
import { tokenizerModule } from '../../tokenizer/tokenizerModule';

const words = ['<unk>', '<s>', '</s>', 'the', 'server'];
const special = (content: string) => ({
  id: words.indexOf(content),
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
});
const template = (...pieces: string[]) => ({
  type: 'TemplateProcessing',
  single: pieces.map((id) => (id === 'A' ? { Sequence: { id, type_id: 0 } } : { SpecialToken: { id, type_id: 0 } })),
  pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 1 } }],
  special_tokens: { '<s>': { id: '<s>', ids: [1], tokens: ['<s>'] } },
});
const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: true };

const tokenizerOf = (postProcessor: object | null) =>
  createTokenizer(
    tokenizerModule,
    new TextEncoder().encode(
      JSON.stringify({
        version: '1.0',
        truncation: null,
        padding: null,
        added_tokens: ['<unk>', '<s>', '</s>'].map(special),
        normalizer: null,
        pre_tokenizer: { type: 'Whitespace' },
        post_processor: postProcessor,
        decoder: null,
        model: { type: 'WordLevel', vocab: Object.fromEntries(words.map((word, id) => [word, id])), unk_token: '<unk>' },
      }),
    ),
  );

type Json = Readonly<Record<string, unknown>>;
const llama: Json = { tokenizer_class: 'LlamaTokenizerFast', bos_token: '<s>', eos_token: { content: '</s>' } };
const sourceOf = (tokenizerConfig: Json, config: Json = {}): ModelSource => ({
  name: 'm',
  root: '/m',
  files: [],
  config,
  generationConfig: {},
  tokenizerConfig,
});

interface Row {
  readonly what: string;
  readonly tokenizerConfig: Json;
  readonly config?: Json;
  readonly post?: object | null;
  readonly choice?: EndChoice;
  readonly ids: readonly number[];
  readonly notes?: readonly string[];
}

const inFront = '<s> was put in front, as tokenizer_config.json asks';
const atEnd = '</s> was put at the end, as tokenizer_config.json asks';

// The ids of classes and flags are those of transformers 4.57.1 with a tokenizer.json beside.
const rows: readonly Row[] = [
  { what: 'asks for a first token', tokenizerConfig: { ...llama, add_bos_token: true }, ids: [1, 3], notes: [inFront] },
  { what: 'asks for both', tokenizerConfig: { ...llama, add_bos_token: true, add_eos_token: true }, ids: [1, 3, 2], notes: [inFront, atEnd] },
  { what: 'asks for a last token only', tokenizerConfig: { ...llama, add_bos_token: false, add_eos_token: true }, ids: [3, 2], notes: [atEnd] },
  { what: 'asks for none', tokenizerConfig: { ...llama, add_bos_token: false }, ids: [3] },
  { what: 'a class that begins by itself', tokenizerConfig: llama, ids: [1, 3], notes: ['<s> was put in front, as a LlamaTokenizerFast does'] },
  { what: 'the same with an empty template', tokenizerConfig: llama, post: template('A'), ids: [3] },
  { what: 'the same without a token', tokenizerConfig: { tokenizer_class: 'LlamaTokenizer' }, ids: [3] },
  { what: 'bytes of a post-processor', tokenizerConfig: { ...llama, add_bos_token: true }, post: byteLevel, ids: [1, 3], notes: [inFront] },
  { what: 'tokenizer.json does so already', tokenizerConfig: { ...llama, add_bos_token: true }, post: template('<s>', 'A'), ids: [1, 3] },
  {
    what: 'one of two is there already',
    tokenizerConfig: { ...llama, add_bos_token: true, add_eos_token: true },
    post: template('<s>', 'A'),
    ids: [1, 3, 2],
    notes: [atEnd],
  },
  ...['CodeLlamaTokenizer', 'GemmaTokenizerFast', 'CohereTokenizerFast', 'GPTNeoXTokenizerFast'].map((name) => ({
    what: name,
    tokenizerConfig: { ...llama, tokenizer_class: name, add_bos_token: true },
    ids: [1, 3],
    notes: [inFront],
  })),
  { what: 'GPT-NeoX without flags', tokenizerConfig: { ...llama, tokenizer_class: 'GPTNeoXTokenizerFast' }, ids: [3] },
  ...['GPT2TokenizerFast', 'PreTrainedTokenizerFast', 'Qwen2TokenizerFast', 'BloomTokenizerFast'].map((name) => ({
    what: name,
    tokenizerConfig: { ...llama, tokenizer_class: name, add_bos_token: true },
    ids: [3],
    notes: ['tokenizer_config.json asks for <s> in front, which this kind of tokenizer does not add: it was left out'],
  })),
  {
    what: 'a class by the type of model, ids by config.json',
    tokenizerConfig: {},
    config: { model_type: 'mistral', add_bos_token: true, bos_token_id: 1 },
    ids: [1, 3],
    notes: ['<s> was put in front, as config.json asks'],
  },
  {
    what: 'a token that nobody knows',
    tokenizerConfig: { ...llama, add_bos_token: true, bos_token: '<begin>' },
    ids: [3],
    notes: ['tokenizer_config.json asks for a BOS token that tokenizer.json does not know: it was left out'],
  },
  { what: 'switched off', tokenizerConfig: { ...llama, add_bos_token: true }, choice: 'none', ids: [3] },
  { what: 'the end alone', tokenizerConfig: { ...llama, add_bos_token: true }, choice: 'eos', ids: [3, 2], notes: ['</s> was put at the end, as you asked'] },
  {
    what: 'both, whatever the class',
    tokenizerConfig: { ...llama, tokenizer_class: 'GPT2TokenizerFast' },
    choice: 'both',
    ids: [1, 3, 2],
    notes: ['<s> was put in front, as you asked', '</s> was put at the end, as you asked'],
  },
];

describe('tokens that the configuration asks for', () => {
  it.each(rows)('$what', ({ tokenizerConfig, config, post = null, choice = 'auto', ids, notes = [] }) => {
    const plain = tokenizerOf(post);
    const { tokenizer, notesOn } = withConfiguredEnds(plain, sourceOf(tokenizerConfig, config), choice);
    expect(tokenizer.encode('the').tokens.map((token) => token.id)).toEqual(ids);
    expect(notesOn(plain.encode('the').tokens).map((note) => note.text)).toEqual(notes);
  });

  it('puts them around each text of a pair, with its type, as special tokens of no text', () => {
    const { tokenizer } = withConfiguredEnds(tokenizerOf(null), sourceOf({ ...llama, add_eos_token: true }), 'auto');
    const seen = tokenizer
      .encode('the', 'server')
      .tokens.map(({ id, typeId, sequence, isSpecial, start, end }) => [id, typeId, sequence, isSpecial, start, end]);
    expect(seen).toEqual([
      [1, 0, null, true, 0, 0],
      [3, 0, 0, false, 0, 3],
      [2, 0, null, true, 0, 0],
      [1, 1, null, true, 0, 0],
      [4, 1, 1, false, 0, 6],
      [2, 1, null, true, 0, 0],
    ]);
  });

  it('does not take a token that was typed for one that was added', () => {
    const { tokenizer } = withConfiguredEnds(tokenizerOf(null), sourceOf(llama), 'auto');
    expect(tokenizer.encode('<s> the').tokens.map((token) => token.id)).toEqual([1, 1, 3]);
  });

  it('refuses a token that no file tells', () => {
    expect(() => withConfiguredEnds(tokenizerOf(null), sourceOf({}), 'bos')).toThrow(ProblemError);
  });
});
