// Regular expressions of tokenizer files against the library built with Oniguruma, for which files are made. The
// WebAssembly build has another engine; tokenizer-wasm/src/oniguruma.rs levels the differences.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { tokenizerWith } from '../unit/tokenizer/tokenizerModule';

interface References {
  /** Each of these characters was tried alone. */
  readonly probe: string;
  /** [expression, the characters that it matches]. */
  readonly classes: readonly (readonly [string, string])[];
  /** [expression, text, pieces when its matches are isolated]. */
  readonly splits: readonly (readonly [string, string, readonly string[]])[];
}

const references = JSON.parse(readFileSync(new URL('data/tokenizers/expressions.json', import.meta.url), 'utf8')) as References;

/** What an expression makes of a text: its matches and what lies between, or its matches alone. */
function splitter(regex: string, onlyMatches: boolean): (text: string) => string[] {
  const behaviour = onlyMatches ? { behavior: 'Removed', invert: true } : { behavior: 'Isolated', invert: false };
  const tokenizer = tokenizerWith({ pre_tokenizer: { type: 'Split', pattern: { Regex: regex }, ...behaviour }, post_processor: null });
  return (text) => tokenizer.encode(text).tokens.map(({ start, end }) => text.slice(start, end));
}

it.each(references.classes)('%s matches %j', (regex, expected) => {
  const matchesOf = splitter(regex, true);
  expect([...references.probe].filter((character) => matchesOf(character).length > 0).join('')).toBe(expected);
});

it.each(references.splits)('%s splits %j into %j', (regex, text, expected) => {
  expect(splitter(regex, false)(text)).toEqual(expected);
});

it('still takes a lazy interval with + for possessive (Oniguruma repeats it)', () => {
  expect(splitter('a{1,2}?+', false)('aaaa')).toEqual(['a', 'a', 'a', 'a']);
});
