// What a tokenizer.json says of itself that the library does not hand out. Read field by field, so that no vocabulary is built a second time.

import { type JsonSpan, jsonFields, jsonValue } from './jsonFields';

export interface ModelFacts {
  /**
   * The id of every token that stands for something unknown: `unk_token` is a spelling (WordPiece, WordLevel, BPE), `unk_id` a place in the
   * list of a Unigram model. Undefined where the model knows everything (bytes), or says of no token that it stands for the rest.
   */
  readonly unknownId: number | undefined;
  /** Whether its post-processor has a template of special tokens, be it an empty one. */
  readonly hasTemplate: boolean;
}

export function readModelFacts(json: Uint8Array, findId: (spelling: string) => number | undefined): ModelFacts {
  const top = jsonFields(json, { from: 0, to: json.length });
  const model = top.get('model');
  const fields = model ? jsonFields(json, model) : new Map<string, JsonSpan>();
  const read = (place: JsonSpan | undefined) => place && jsonValue(json, place);
  const [spelling, id] = [read(fields.get('unk_token')), read(fields.get('unk_id'))];
  const own = typeof id === 'number' ? id : undefined;
  return { unknownId: typeof spelling === 'string' ? findId(spelling) : own, hasTemplate: isTemplate(read(top.get('post_processor'))) };
}

/** Of one post-processor, or of one of a Sequence. */
function isTemplate(processor: unknown): boolean {
  if (typeof processor !== 'object' || processor === null) return false;
  const { type, processors } = processor as { readonly type?: unknown; readonly processors?: unknown };
  return Array.isArray(processors) ? processors.some(isTemplate) : ['TemplateProcessing', 'BertProcessing', 'RobertaProcessing'].includes(String(type));
}
