// The encoder that the figures of speed are about: 6 layers, 12 heads, d = 384, and a text of 128 tokens. Random weights.

import { tinyTransformer } from '../../test/support/tinyTransformer';
import { wordTokenizer } from '../../test/support/wordTokenizer';

const words = ['server', 'can', 'i', 'have', 'the', 'check', 'looks', 'like', 'just', 'crashed'];

export const benchModel = {
  bytes: tinyTransformer({ layers: 6, heads: 12, width: 384, inner: 4, positions: 512, vocabulary: 1000, scale: 0.08 }),
  tokenizer: wordTokenizer(),
  /** With [CLS] and [SEP] 128 tokens. */
  text: Array.from({ length: 126 }, (_, i) => words[(i * 7) % words.length]).join(' '),
  ids: Array.from({ length: 128 }, (_, i) => 3 + (i % 12)),
};
