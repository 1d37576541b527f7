// `heads`: what each head brings to a word of a text, measured; the three that bring most. The same numbers as the panel's first sight.

import { required } from '../../core/problem';
import { ask } from '../../protocol/ask';
import { giveAnswer } from '../files/giveAnswer.node';
import { refuseUnwritable } from '../files/outFile.node';
import type { CommandContext } from './commandContext';
import { headsJson, headsText } from './headsText';
import { measuredHeads } from './measuredHeads';
import { runForCommand, wholeNumber } from './runForCommand.node';

/** Problems: usage, textEmpty, targetMissing, noSuchToken, those of loading and running, identityFailed, fileNotWritten. */
export async function headsCommand(context: CommandContext): Promise<void> {
  const { values, engine } = context;
  const out = values.get('json');
  if (out) await refuseUnwritable(out, 'json');
  const focus = wholeNumber(context, 'focus', 'the index of a token');
  const run = await runForCommand(context);
  const sight = required(await ask(engine, { of: 'firstSight', runId: run.runId, ...(focus !== undefined && { at: { focus } }) }));
  const measured = out === undefined ? [] : await measuredHeads(engine, run, sight);
  await giveAnswer({ text: () => headsText(run, sight), json: () => headsJson(run, sight, measured) }, out, context.print);
}
