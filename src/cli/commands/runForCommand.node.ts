// The run of a command that shows numbers of one text: refused where an identity failed.

import { failedCheckProblem } from '../../core/check';
import { ProblemError, refuse, required } from '../../core/problem';
import type { RunSummary } from '../../core/run';
import type { InspectParams } from '../../protocol/engineApi';
import type { CommandContext } from './commandContext';
import { loadForCommand } from './loadForCommand.node';

/** Problems: usage, textEmpty, targetMissing, those of loading and running, identityFailed. */
export async function runForCommand(context: CommandContext, request?: InspectParams['request']): Promise<RunSummary> {
  const { values, engine } = context;
  const [text = '', pair, target] = ['text', 'pair', 'target'].map((name) => values.get(name));
  if ([text, target].some((one) => one?.trim() === '')) refuse('textEmpty');
  const { modelId, description } = await loadForCommand(context);
  if (description.needsTarget && target === undefined) refuse('targetMissing');
  const run = required(await engine.inspect({ modelId, text, pair, target, truncate: values.get('truncate') === 'true', ...(request && { request }) }));
  const failed = run.checks.find((check) => check.state === 'failed');
  if (failed) throw new ProblemError(failedCheckProblem(failed));
  return run;
}

/** A whole number that an option gives. Problem: usage. */
export function wholeNumber(context: CommandContext, name: string, what: string): number | undefined {
  const value = context.values.get(name);
  if (value === undefined) return undefined;
  return /^\d{1,9}$/.test(value) ? Number(value) : refuse('usage', { detail: `--${name} takes ${what}, not "${value}".` });
}
