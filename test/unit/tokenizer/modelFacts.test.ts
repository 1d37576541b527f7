import { expect, it } from 'vitest';
import { readModelFacts } from '../../../src/tokenizer/modelFacts';

const ids: Readonly<Record<string, number>> = { '[UNK]': 7, 'a"}\\': 8 };
const facts = (text: string) => readModelFacts(new TextEncoder().encode(text), (spelling) => ids[spelling]);

const unknown: readonly (readonly [string, object, number | undefined])[] = [
  ['WordPiece', { type: 'WordPiece', unk_token: '[UNK]', vocab: {} }, 7],
  ['Unigram', { type: 'Unigram', unk_id: 3, vocab: [['a', -1.5]] }, 3],
  ['BPE of bytes', { type: 'BPE', unk_token: null, vocab: {} }, undefined],
  ['no field at all', { type: 'BPE' }, undefined],
  ['a spelling that is none of the tokens', { unk_token: '?' }, undefined],
  ['behind a vocabulary with such words', { vocab: { unk_token: 1, '{"unk_token":"[UNK]"}': 2, '[': 3, '"': 4, '\\': 5 }, unk_token: 'a"}\\' }, 8],
];
it.each(unknown)('the unknown token of %s', (_, model, expected) => {
  expect(facts(JSON.stringify({ added_tokens: [{ content: 'unk_token' }], model })).unknownId).toBe(expected);
  expect(facts(JSON.stringify({ model, version: '1' }, null, 2)).unknownId).toBe(expected);
});

const templates: readonly (readonly [unknown, boolean])[] = [
  [null, false],
  [{ type: 'ByteLevel' }, false],
  [{ type: 'TemplateProcessing', single: [] }, true],
  [{ type: 'RobertaProcessing' }, true],
  [{ type: 'Sequence', processors: [{ type: 'ByteLevel' }, { type: 'TemplateProcessing' }] }, true],
  [{ type: 'Sequence', processors: [{ type: 'ByteLevel' }] }, false],
];
it.each(templates)('a post-processor %j', (post_processor, expected) => expect(facts(JSON.stringify({ post_processor })).hasTemplate).toBe(expected));

it.each(['', '[]', '{', '{"model"', '{"model":{"unk_id":'])('of %j nothing is known', (text) =>
  expect(facts(text)).toEqual({ unknownId: undefined, hasTemplate: false }));
