// The cases of data/cases, unpacked: large files lie there as FILE.gz, each alone, so that one of them can change without the others.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Rules } from '../compare';
import type { Case } from './entries';

export type Must = 'exact' | 'exact-or-refused' | 'refused';
/** A word, or words of which one must be there. */
export type Wanted = string | readonly string[];

/** What a case, or its whole entry, asks of the outcome. */
export interface Demands {
  readonly must?: Must;
  /** Activations that an `exact` capture must have. */
  readonly required?: readonly string[];
  readonly wants?: readonly Wanted[];
  readonly forbids?: readonly string[];
}

export interface CaseText extends Case, Demands {
  /** Further arguments of `capture`. */
  readonly args?: readonly string[];
}

export interface CaseEntry extends Rules, Demands {
  readonly name: string;
  readonly kind: string;
  readonly must: Must;
  readonly why: string;
  readonly cases: readonly CaseText[];
}

const data = path.resolve(import.meta.dirname, '../data/cases');

/** Every folder of data/cases that is an entry, in order of name. */
export function caseEntries(): CaseEntry[] {
  const folders = readdirSync(data, { withFileTypes: true }).filter((one) => one.isDirectory());
  return folders
    .map(({ name }) => name)
    .sort()
    .map((name) => {
      const meta = JSON.parse(readFileSync(path.join(data, name, 'cases.json'), 'utf8')) as Omit<CaseEntry, 'isEncoderDecoder'>;
      return { ...meta, name, isEncoderDecoder: meta.cases.some((one) => 'decoder_input_ids' in one) };
    });
}

/** Writes the files of an entry, unpacked, into the folder `into`/NAME, and returns that folder. */
export function unpackCase(name: string, into: string): string {
  const target = path.join(into, name);
  const copy = (folder: string) => {
    mkdirSync(path.join(target, folder), { recursive: true });
    for (const one of readdirSync(path.join(data, name, folder), { withFileTypes: true })) {
      const file = path.join(folder, one.name);
      if (one.isDirectory()) copy(file);
      else if (one.name.endsWith('.gz')) writeFileSync(path.join(target, file.slice(0, -3)), gunzipSync(readFileSync(path.join(data, name, file))));
      else writeFileSync(path.join(target, file), readFileSync(path.join(data, name, file)));
    }
  };
  copy('');
  return target;
}
