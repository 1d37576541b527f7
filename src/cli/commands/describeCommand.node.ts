// `describe`: what a model is, for a person or as JSON.

import { writeFile } from 'node:fs/promises';
import { fileReason } from '../../core/files/fileReason';
import { refuse } from '../../core/problem';
import { refuseUnwritable } from '../files/outFile.node';
import { terminalJson } from '../files/terminalJson';
import type { CommandContext } from './commandContext';
import { describeText } from './describeText';
import { loadForCommand } from './loadForCommand.node';

/** Problems: those of loading, fileNotWritten. */
export async function describeCommand(context: CommandContext): Promise<void> {
  const out = context.values.get('json');
  if (out) await refuseUnwritable(out, 'json');
  const { description } = await loadForCommand(context, { tokenizerOptional: true });
  if (out === undefined) return context.print(`${describeText(description)}\n`);
  const json = `${terminalJson(description, 2)}\n`;
  if (out === '') context.print(json);
  else await writeFile(out, json).catch((error: unknown) => refuse('fileNotWritten', { path: out, reason: fileReason(error) }));
}
