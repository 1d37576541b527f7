// `capture`: one run of a text, checked, written tensor by tensor. Nothing is written when an identity fails.

import { captureList } from '../../captures/captureList';
import { tensorWriter } from '../../captures/tensorFile.node';
import type { WrittenKey } from '../../captures/tensorSource';
import { removeAtSignals } from '../../captures/wholeFile.node';
import { fileLimitInBytes, writeCapture } from '../../captures/writeCapture.node';
import { printable, refuse, required } from '../../core/problem';
import type { RunSummary } from '../../core/run';
import { type EndChoice, endChoices } from '../../core/token';
import { engineSentence } from '../../present/words/engineWords';
import { counted } from '../../present/words/modelFacts';
import { refuseUnwritable } from '../files/outFile.node';
import { captureLines } from './captureText';
import type { CommandContext } from './commandContext';
import { loadForCommand } from './loadForCommand.node';
import { cutNotes, numberNotes } from './runNotes';

function endChoiceOf(value: string | undefined): EndChoice {
  const choice = endChoices.find((one) => one === (value ?? 'auto'));
  return choice ?? refuse('usage', { detail: `--bos-eos takes ${endChoices.join(', ')}.` });
}

/** How the run was checked, what was written, and what the numbers do not show. */
function say({ print, values }: CommandContext, run: RunSummary, written: readonly WrittenKey[]): void {
  const tokens = (run.tokens.source?.length ?? 0) + (run.tokens.target?.length ?? 0);
  print(`${run.badge.state}: ${counted(written.length, 'tensor')} of ${counted(tokens, 'token')} → ${printable(values.get('out') ?? '')}\n`);
  for (const line of captureLines(written)) print(`  ${line}\n`);
  for (const note of numberNotes(run)) print(`  ${printable(note)}\n`);
  print(`  ${printable(engineSentence(run.engine))}\n`);
  for (const note of cutNotes(run)) print(`${note}\n`);
}

/** Problems: usage, textEmpty, targetMissing, those of loading and running, identityFailed, fileNotWritten. */
export async function captureCommand(context: CommandContext): Promise<void> {
  const { values, engine } = context;
  const out = values.get('out') ?? '';
  await refuseUnwritable(out, 'out', { plain: true });
  // Another ending is refused before a model is loaded for nothing.
  tensorWriter(out);
  if ([values.get('text'), values.get('target')].some((text) => text?.trim() === '')) refuse('textEmpty');
  const ends = endChoiceOf(values.get('bos-eos'));
  const { modelId, description } = await loadForCommand(context);
  const target = values.get('target');
  if (description.needsTarget && target === undefined) refuse('targetMissing');
  const { activations, layers, keys } = captureList(description, { activations: values.get('activations'), layers: values.get('layers') });
  const run = required(
    await engine.inspect({
      modelId,
      text: values.get('text') ?? '',
      pair: values.get('pair'),
      target,
      ends,
      truncate: values.get('truncate') === 'true',
      request: { activations, layers },
      compareOutputs: values.get('no-output-check') !== 'true',
      captureLimitInBytes: fileLimitInBytes,
    }),
  );
  const forget = removeAtSignals();
  const wish = { path: out, keys, run, modelSha256: description.sha256, version: context.version };
  say(context, run, await writeCapture(engine, wish).finally(forget));
}
