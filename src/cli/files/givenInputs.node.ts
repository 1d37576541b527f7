// The options `--input NAME=VALUE`: one number, a JSON list, or an .npy file.

import { readFile } from 'node:fs/promises';
import { readNpy } from '../../captures/npy';
import { fileReason } from '../../core/files/fileReason';
import { refuse } from '../../core/problem';
import type { GivenInput, GivenInputs } from '../../protocol/givenInputs';
import { readGiven } from '../../protocol/readGiven';

async function readValue(input: string, value: string): Promise<GivenInput> {
  const read = /\.npy$/i.test(value)
    ? readNpy(await readFile(value).catch((error: unknown) => refuse('fileMissing', { path: value, reason: fileReason(error) })))
    : readGiven(value);
  return typeof read === 'string' ? refuse('inputUnreadable', { input, reason: read }) : read;
}

/** `options`: one `NAME=VALUE` each. Problems: inputUnreadable, fileMissing. */
export async function givenInputs(options: readonly string[]): Promise<GivenInputs | undefined> {
  const entries: [string, GivenInput][] = [];
  for (const option of options) {
    const at = option.indexOf('=');
    if (at <= 0) refuse('inputUnreadable', { input: option.slice(0, 80), reason: 'it has no NAME=VALUE' });
    entries.push([option.slice(0, at), await readValue(option.slice(0, at), option.slice(at + 1))]);
  }
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
