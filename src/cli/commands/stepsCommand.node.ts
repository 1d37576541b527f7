// `steps`: the numbers of one query token of one head, from q·k to z. The same as the panel's Steps view.

import { type Kind, kinds, siteActivations, type Tower, towers } from '../../core/names';
import { refuse, required } from '../../core/problem';
import type { RunSite, RunSummary } from '../../core/run';
import { type StepsNumbers, stepsOf } from '../../core/steps';
import { ask } from '../../protocol/ask';
import { giveAnswer } from '../files/giveAnswer.node';
import { refuseUnwritable } from '../files/outFile.node';
import type { CommandContext } from './commandContext';
import { runForCommand, wholeNumber } from './runForCommand.node';
import { stepsJson, stepsText } from './stepsText';

function choice<T extends string>({ values }: CommandContext, name: string, all: readonly T[]): T | undefined {
  const given = values.get(name);
  if (given === undefined) return undefined;
  return all.find((one) => one === given) ?? refuse('usage', { detail: `--${name} takes ${all.join(' or ')}, not "${given}".` });
}

interface Wanted {
  readonly layer: number;
  readonly tower: Tower | undefined;
  readonly kind: Kind | undefined;
}

/** Problems: noSuchLayer; usage where more than one attention is meant, or none. */
function siteOf({ sites }: RunSummary, { layer, tower, kind }: Wanted): RunSite {
  const open = sites.filter((site) => (tower ?? site.tower) === site.tower && (kind ?? site.kind) === site.kind);
  const here = open.filter((site) => site.layer === layer);
  const [only, ...others] = here;
  if (only && others.length === 0) return only;
  const names = (list: readonly RunSite[]) => [...new Set(list.map((site) => `--tower ${site.tower} --kind ${site.kind}`))].join(', ');
  if (only) return refuse('usage', { detail: `Layer ${layer} has several attentions; name one: ${names(here)}.` });
  if (open.length === 0) return refuse('usage', { detail: `This text runs no such attention; there are ${names(sites)}.` });
  return refuse('noSuchLayer', { layer, last: Math.max(...open.map((site) => site.layer)) });
}

/** Problems: those of `runForCommand`; usage, noSuchLayer, noSuchToken, activationAbsent, fileNotWritten. */
export async function stepsCommand(context: CommandContext): Promise<void> {
  const { values, engine, print } = context;
  const out = values.get('json');
  if (out) await refuseUnwritable(out, 'json');
  const [layer = 0, head = 0, query = 0] = [
    wholeNumber(context, 'layer', 'the number of a layer'),
    wholeNumber(context, 'head', 'the number of a head'),
    wholeNumber(context, 'query', 'the index of a token'),
  ];
  const [tower, kind] = [choice(context, 'tower', towers), choice(context, 'kind', kinds)];
  if (values.has('vectors') && out === undefined) refuse('usage', { detail: '--vectors needs --json.' });
  const run = await runForCommand(context, { activations: siteActivations, layers: [layer] });
  const site = siteOf(run, { layer, tower, kind });
  const pack = required(await ask(engine, { of: 'steps', runId: run.runId, tower: site.tower, layer, kind: site.kind, head, query }));
  const numbers = stepsOf(pack) as StepsNumbers;
  const shown = { run, site, head, query, numbers };
  await giveAnswer({ text: () => stepsText(shown), json: () => stepsJson(shown, values.has('vectors')) }, out, print);
}
