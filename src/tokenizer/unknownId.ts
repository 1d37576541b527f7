// Which id stands for everything that a tokenizer does not know, as the model of its tokenizer.json says: `unk_token` is a spelling
// (WordPiece, WordLevel, BPE), `unk_id` a place in the list of a Unigram model.

import { jsonFields, jsonValue } from './jsonFields';

/** undefined where the model knows everything (bytes), or says of no token that it stands for the rest. */
export function unknownId(json: Uint8Array, findId: (spelling: string) => number | undefined): number | undefined {
  const model = jsonFields(json, { from: 0, to: json.length }).get('model');
  const fields = model && jsonFields(json, model);
  const read = (name: string) => {
    const place = fields?.get(name);
    return place && jsonValue(json, place);
  };
  const [spelling, id] = [read('unk_token'), read('unk_id')];
  if (typeof spelling === 'string') return findId(spelling);
  return typeof id === 'number' ? id : undefined;
}
