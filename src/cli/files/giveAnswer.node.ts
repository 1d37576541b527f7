// The answer of a command: as text for a person, or as JSON, to the standard output or to a file.

import { writeFile } from 'node:fs/promises';
import { fileReason } from '../../core/files/fileReason';
import { refuse } from '../../core/problem';
import { terminalJson } from './terminalJson';

export interface Answer {
  readonly text: () => string;
  readonly json: () => object;
}

/** `out`: value of --json: undefined where it was not given, '' for the standard output. Problem fileNotWritten. */
export async function giveAnswer({ text, json }: Answer, out: string | undefined, print: (text: string) => void): Promise<void> {
  if (out === undefined) return print(`${text()}\n`);
  const written = `${terminalJson(json(), 2)}\n`;
  if (out === '') return print(written);
  await writeFile(out, written).catch((error: unknown) => refuse('fileNotWritten', { path: out, reason: fileReason(error) }));
}
