// `tokenize`: many texts through one tokenizer.json.

import { readFile, writeFile } from 'node:fs/promises';
import { ProblemError, refuse } from '../core/problem';
import type { CommandContext } from './commandContext';

type Line = string | readonly [string, string];

const reasonOf = (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? 'there is no such file' : (error.code ?? error.message));
const isLine = (line: unknown): line is Line =>
  typeof line === 'string' || (Array.isArray(line) && line.length === 2 && line.every((part) => typeof part === 'string'));

async function readLines(path: string): Promise<readonly Line[]> {
  const text = await readFile(path, 'utf8').catch((error) => refuse('fileMissing', { path, reason: reasonOf(error) }));
  let lines: unknown;
  try {
    lines = JSON.parse(text);
  } catch {
    lines = undefined;
  }
  return Array.isArray(lines) && lines.every(isLine) ? lines : refuse('fileMissing', { path, reason: 'it is no JSON array of strings or [text, pair]' });
}

/** Problems: fileMissing, tokenizerBroken, fileNotWritten. */
export async function tokenizeCommand({ values, engine }: CommandContext): Promise<void> {
  const path = values.get('tokenizer') ?? '';
  const out = values.get('out') ?? '';
  const tokenizer = new Uint8Array(await readFile(path).catch((error) => refuse('fileMissing', { path, reason: reasonOf(error) })));
  const outcome = await engine.tokenize({ tokenizer, lines: await readLines(values.get('lines') ?? '') });
  if (!outcome.ok) throw new ProblemError(outcome.problem);
  await writeFile(out, `${JSON.stringify(outcome.value)}\n`).catch((error) => refuse('fileNotWritten', { path: out, reason: reasonOf(error) }));
}
