// Ids of a tokenizer that are no words.

import type { Problem } from '../../core/problem';
import type { Tokenizer } from '../../tokenizer/createTokenizer';

/** Those that the tokenizer adds to its vocabulary as special; none where there is no tokenizer. */
export function specialIds(tokenizer: Tokenizer | Problem): ReadonlySet<number> {
  return new Set('code' in tokenizer ? [] : tokenizer.addedTokens.filter(({ isSpecial }) => isSpecial).map(({ id }) => id));
}
