// Ids, spellings, ranges, special flags, type ids and sequences against the Rust library itself (version 0.22): own small
// tokenizers always, other people's where they lie beside the project.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import type { Token } from '../../src/core/token';
import { createTokenizer } from '../../src/tokenizer/createTokenizer';
import { tokenizerModule } from '../unit/tokenizer/tokenizerModule';

interface Reference {
  readonly text: string;
  readonly pair?: string;
  readonly ids: readonly number[];
  readonly tokens: readonly string[];
  readonly offsets: readonly (readonly [number, number])[];
  readonly special: readonly number[];
  readonly type_ids: readonly number[];
  readonly seq?: readonly (number | null)[];
}

const own = new URL('data/tokenizers/', import.meta.url);
const others = new URL('../../../shared/tokenizers/', import.meta.url);

const foldersIn = (parent: URL) =>
  readdirSync(parent, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
const ownNames = foldersIn(own);
const otherNames = existsSync(others) ? foldersIn(others).filter((name) => !ownNames.includes(name)) : [];

function read(folder: URL, name: string): Uint8Array {
  const packed = new URL(`${name}.gz`, folder);
  return existsSync(packed) ? gunzipSync(readFileSync(packed)) : readFileSync(new URL(name, folder));
}

/** The rows of the token list; the empty range of an added token may stand anywhere. */
function rowsOf(tokens: readonly Token[], withSequence: boolean): unknown[] {
  return tokens.map(({ id, text, start, end, isSpecial, sequence, typeId }) => [
    id,
    text,
    ...(isSpecial && start === end ? ['empty'] : [start, end]),
    Number(isSpecial),
    typeId,
    ...(withSequence ? [sequence] : []),
  ]);
}

function referenceRows({ ids, tokens, offsets, special, type_ids, seq }: Reference): unknown[] {
  return ids.map((id, index) => [
    id,
    tokens[index],
    ...(special[index] === 1 ? ['empty'] : (offsets[index] ?? [])),
    special[index],
    type_ids[index],
    ...(seq ? [seq[index]] : []),
  ]);
}

function check(folder: URL): void {
  const tokenizer = createTokenizer(tokenizerModule, read(folder, 'tokenizer.json'));
  const references = JSON.parse(new TextDecoder().decode(read(folder, 'oracle.json'))) as Record<'texts' | 'pairs', Reference[]>;
  expect(references.texts).not.toHaveLength(0);
  for (const reference of [...references.texts, ...references.pairs]) {
    const { tokens } = tokenizer.encode(reference.text, reference.pair);
    expect(rowsOf(tokens, reference.seq !== undefined), JSON.stringify(reference.text)).toEqual(referenceRows(reference));
  }
}

it.each(ownNames)('%s gives the tokens of the Rust library', (name) => check(new URL(`${name}/`, own)));

it.each(otherNames)("%s (other people's) gives the tokens of the Rust library", (name) => check(new URL(`${name}/`, others)));

if (otherNames.length === 0) it.skip("other people's tokenizers: ../shared/tokenizers is not here");
