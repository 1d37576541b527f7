// `tokenize`: many texts through one tokenizer.json.

import { writeFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { fileReason } from '../../core/files/fileReason';
import { refuse, required } from '../../core/problem';
import { modelFiles } from '../../engine/load/modelFiles.node';
import { refuseUnwritable } from '../files/outFile.node';
import { terminalJson } from '../files/terminalJson';
import type { CommandContext } from './commandContext';

type Line = string | readonly [string, string];

const isLine = (line: unknown): line is Line =>
  typeof line === 'string' || (Array.isArray(line) && line.length === 2 && line.every((part) => typeof part === 'string'));

/** As --lines names it: the standard input, not a file of this name (that is `./-`). */
const standardInput = '-';

/** All bytes up to its end. Problem: fileMissing. */
async function readInput(name: string): Promise<Uint8Array> {
  return buffer(process.stdin).catch((error: unknown) => refuse('fileMissing', { path: name, reason: fileReason(error) }));
}

async function readLines(given: string): Promise<readonly Line[]> {
  const path = given === standardInput ? '(standard input)' : given;
  const text = new TextDecoder().decode(given === standardInput ? await readInput(path) : await modelFiles.readAll(path));
  let lines: unknown;
  try {
    lines = JSON.parse(text);
  } catch {
    lines = undefined;
  }
  return Array.isArray(lines) && lines.every(isLine) ? lines : refuse('linesBroken', { path });
}

/** Problems: fileMissing, notPlainFile, linesBroken, tokenizerBroken, fileNotWritten. */
export async function tokenizeCommand({ values, engine }: CommandContext): Promise<void> {
  const path = values.get('tokenizer') ?? '';
  const out = values.get('out') ?? '';
  await refuseUnwritable(out, 'out');
  const tokenizer = await modelFiles.readAll(path);
  const lines = required(await engine.tokenize({ tokenizer, lines: await readLines(values.get('lines') ?? '') }));
  await writeFile(out, `${terminalJson(lines)}\n`).catch((error) => refuse('fileNotWritten', { path: out, reason: fileReason(error) }));
}
