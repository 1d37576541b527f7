// The packed result of tokenizer-wasm's `encode` → Token[]. The layout is written in tokenizer-wasm/src/lib.rs.

import type { Token } from '../core/token';
import { codePointOffsets } from './codePointOffsets';

const COLUMNS = 7;

/**
 * Tokens with ranges in UTF-16 code units of `text`, or of `pair` where `sequence` is 1. Several tokens that share a
 * character each have its whole range.
 */
export function readEncoding(packed: Uint8Array, text: string, pair: string | undefined): Token[] {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const count = view.getUint32(0, true);
  const word = (column: number, row: number) => view.getUint32(4 * (1 + column * count + row), true);
  const offsets = [codePointOffsets(text), codePointOffsets(pair ?? '')] as const;
  const lengths = [text.length, pair?.length ?? 0] as const;
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let spellingStart = 4 * (1 + COLUMNS * count);
  return Array.from({ length: count }, (_, row) => {
    const sequence = sequenceOf(word(5, row));
    const unit = (codePoint: number) => offsets[sequence ?? 0][codePoint] ?? lengths[sequence ?? 0];
    const spellingEnd = spellingStart + word(6, row);
    const spelling = decoder.decode(packed.subarray(spellingStart, spellingEnd));
    spellingStart = spellingEnd;
    return {
      id: word(0, row),
      text: spelling,
      start: unit(word(1, row)),
      end: unit(word(2, row)),
      isSpecial: word(4, row) === 1,
      sequence,
      typeId: word(3, row),
    };
  });
}

function sequenceOf(word: number): 0 | 1 | null {
  return word === 0 || word === 1 ? word : null;
}
