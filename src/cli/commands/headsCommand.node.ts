// `heads`: what each head brings to a word of a text, measured; the three that bring most. The same numbers as the panel's first sight.

import { failedCheckProblem } from '../../core/check';
import { type Outcome, ProblemError, refuse } from '../../core/problem';
import type { FirstSight, RunSummary } from '../../core/run';
import { ask } from '../../protocol/ask';
import { giveAnswer } from '../files/giveAnswer.node';
import { refuseUnwritable } from '../files/outFile.node';
import type { CommandContext } from './commandContext';
import { headsJson, headsText } from './headsText';
import { loadForCommand } from './loadForCommand.node';

function resultOf<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new ProblemError(outcome.problem);
  return outcome.value;
}

function focusOf(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  return /^\d+$/.test(value) ? Number(value) : refuse('usage', { detail: `--focus takes the index of a token, not "${value}".` });
}

/** Problems: usage, textEmpty, targetMissing, noSuchToken, those of loading and running, identityFailed, fileNotWritten. */
export async function headsCommand(context: CommandContext): Promise<void> {
  const { values } = context;
  const out = values.get('json');
  if (out) await refuseUnwritable(out, 'json');
  const focus = focusOf(values.get('focus'));
  const { run, sight } = await sightOf(context, focus);
  await giveAnswer({ text: () => headsText(run, sight), json: () => headsJson(run, sight) }, out, context.print);
}

async function sightOf(context: CommandContext, focus: number | undefined): Promise<{ run: RunSummary; sight: FirstSight }> {
  const { values, engine } = context;
  const [text = '', pair, target] = ['text', 'pair', 'target'].map((name) => values.get(name));
  if ([text, target].some((one) => one?.trim() === '')) refuse('textEmpty');
  const { modelId, description } = await loadForCommand(context);
  if (description.needsTarget && target === undefined) refuse('targetMissing');
  const run = resultOf(await engine.inspect({ modelId, text, pair, target, truncate: values.get('truncate') === 'true' }));
  const failed = run.checks.find((check) => check.state === 'failed');
  if (failed) throw new ProblemError(failedCheckProblem(failed));
  return { run, sight: resultOf(await ask(engine, { of: 'firstSight', runId: run.runId, ...(focus !== undefined && { at: { focus } }) })) };
}
