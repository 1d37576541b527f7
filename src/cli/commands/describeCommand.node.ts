// `describe`: what a model is, for a person or as JSON.

import { giveAnswer } from '../files/giveAnswer.node';
import { refuseUnwritable } from '../files/outFile.node';
import type { CommandContext } from './commandContext';
import { describeText } from './describeText';
import { loadForCommand } from './loadForCommand.node';

/** Problems: those of loading, fileNotWritten. */
export async function describeCommand(context: CommandContext): Promise<void> {
  const out = context.values.get('json');
  if (out) await refuseUnwritable(out, 'json');
  const { description } = await loadForCommand(context, { tokenizerOptional: true });
  await giveAnswer({ text: () => describeText(description), json: () => description }, out, context.print);
}
