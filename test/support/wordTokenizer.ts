// A tokenizer.json of whole words for generated models: [CLS] and [SEP] around the text, unknown words as [UNK].

const words = ['[UNK]', '[CLS]', '[SEP]', 'server', 'can', 'i', 'have', 'the', 'check', 'crashed', 'looks', 'like', 'just', ',', '?', '.'];

/** `hasSpecial` adds [CLS] and [SEP] around every text. */
export function wordTokenizer(hasSpecial = true): Uint8Array {
  const special = (content: string, id: number) => ({ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true });
  const token = (id: string) => ({ SpecialToken: { id, type_id: 0 } });
  return new TextEncoder().encode(
    JSON.stringify({
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: [special('[UNK]', 0), special('[CLS]', 1), special('[SEP]', 2)],
      normalizer: { type: 'Lowercase' },
      pre_tokenizer: { type: 'Whitespace' },
      post_processor: hasSpecial
        ? {
            type: 'TemplateProcessing',
            single: [token('[CLS]'), { Sequence: { id: 'A', type_id: 0 } }, token('[SEP]')],
            pair: [token('[CLS]'), { Sequence: { id: 'A', type_id: 0 } }, token('[SEP]'), { Sequence: { id: 'B', type_id: 1 } }, token('[SEP]')],
            special_tokens: { '[CLS]': { id: '[CLS]', ids: [1], tokens: ['[CLS]'] }, '[SEP]': { id: '[SEP]', ids: [2], tokens: ['[SEP]'] } },
          }
        : null,
      decoder: null,
      model: { type: 'WordLevel', vocab: Object.fromEntries(words.map((word, id) => [word, id])), unk_token: '[UNK]' },
    }),
  );
}
