// `diff`: one text on two engines, or through two files; every tensor that both compute is compared, and the first that leaves the tolerance is named.

import { refuse, required } from '../../core/problem';
import { engineName } from '../../present/words/engineWords';
import type { LoadedModel } from '../../protocol/engineApi';
import { giveAnswer } from '../files/giveAnswer.node';
import { refuseUnwritable } from '../files/outFile.node';
import type { CommandContext } from './commandContext';
import { diffJson, diffText } from './diffText';
import { loadForCommand } from './loadForCommand.node';

/** Problem nothingToCompare: where both sides would be the same file on the same engine. */
function refuseSame({ values }: CommandContext, [first, second]: readonly [LoadedModel, LoadedModel]): void {
  const [a, b] = [first.description.engine, second.description.engine];
  if (values.has('model2') || a.name !== b.name) return;
  const reason = a.whyNotNative ?? b.whyNotNative ?? 'both engines are the same';
  refuse('nothingToCompare', { engine: engineName(a), reason });
}

/** Problems: usage, textEmpty, targetMissing, nothingToCompare, those of loading and running, fileNotWritten. */
export async function diffCommand(context: CommandContext): Promise<void> {
  const { values, engine, otherWish, print } = context;
  const out = values.get('json');
  if (out) await refuseUnwritable(out, 'json');
  if (!values.has('engine2') && !values.has('model2')) refuse('usage', { detail: 'diff needs --engine2 or --model2.' });
  const [text = '', pair, target] = ['text', 'pair', 'target'].map((name) => values.get(name));
  if ([text, target].some((one) => one?.trim() === '')) refuse('textEmpty');
  const first = await loadForCommand(context, { attentionOptional: true });
  const second = await loadForCommand(context, {
    model: values.get('model2'),
    wish: otherWish,
    tokenizerOptional: true,
    attentionOptional: true,
  });
  if (first.description.needsTarget && target === undefined) refuse('targetMissing');
  refuseSame(context, [first, second]);
  const diff = required(await engine.diff({ first: first.modelId, second: second.modelId, text, pair, target, truncate: values.get('truncate') === 'true' }));
  await giveAnswer({ text: () => diffText(diff), json: () => diffJson(diff) }, out, print);
}
