// Text of a growing list of ids, piece by piece. It asks for the whole text at every step and holds back what may
// still change, so the pieces joined are what decoding all ids at once gives.

const REPLACEMENT = '\uFFFD';

export interface DecodeStream {
  /** The text that this id completes; empty while a character's bytes are incomplete. */
  step(id: number): string;
  /** What was held back: bytes that never became a character show as U+FFFD. */
  end(): string;
}

/**
 * A stream over `decode`. Where a later id changes text that was already given (a decoder that tidies the spaces before
 * punctuation), the change is left out: the whole text is `decode` of all ids.
 */
export function createDecodeStream(decode: (ids: readonly number[]) => string): DecodeStream {
  const ids: number[] = [];
  let given = '';
  const rest = (whole: string) => {
    if (!whole.startsWith(given)) return '';
    const piece = whole.slice(given.length);
    given = whole;
    return piece;
  };
  return {
    step(id) {
      ids.push(id);
      const whole = decode(ids);
      return whole.endsWith(REPLACEMENT) ? '' : rest(whole);
    },
    end: () => rest(decode(ids)),
  };
}
