// `describe`: what a model is, for a person or as JSON.

import { writeFile } from 'node:fs/promises';
import { refuse } from '../core/problem';
import type { CommandContext } from './commandContext';
import { describeText } from './describeText';
import { loadForCommand } from './loadForCommand.node';

/** Problems: those of loading, fileNotWritten. */
export async function describeCommand(context: CommandContext): Promise<void> {
  const { description } = await loadForCommand(context, true);
  const out = context.values.get('json');
  if (out === undefined) return context.print(`${describeText(description)}\n`);
  const json = `${JSON.stringify(description, null, 2)}\n`;
  if (out === '') context.print(json);
  else await writeFile(out, json).catch((error: NodeJS.ErrnoException) => refuse('fileNotWritten', { path: out, reason: error.code ?? error.message }));
}
