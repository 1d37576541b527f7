// The encoder that the figures of speed are about: 6 layers, 12 heads, d = 384, a file of 89 MB, and a text of 130 tokens. Random weights.

import { tinyTransformer } from '../../test/support/tinyTransformer';
import { wordTokenizer } from '../../test/support/wordTokenizer';

const words = ['server', 'can', 'i', 'have', 'the', 'check', 'looks', 'like', 'just', 'crashed'];

/** A text of as many tokens, [CLS] and [SEP] among them. */
export const textOf = (tokens: number) => Array.from({ length: tokens - 2 }, (_, i) => words[(i * 7) % words.length]).join(' ');

export const benchModel = {
  bytes: tinyTransformer({ layers: 6, heads: 12, width: 384, inner: 4, positions: 512, vocabulary: 15_000, scale: 0.08 }),
  tokenizer: wordTokenizer(),
  text: textOf(130),
  ids: Array.from({ length: 130 }, (_, i) => 3 + (i % 12)),
};
