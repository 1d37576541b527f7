// Whether row t of each site's queries, keys and values is token t, tried once per loaded model on a short text: rows of the stream are
// changed, and exactly the same rows of what is made from them must change. Equal lengths prove nothing, and changing the text proves
// nothing behind the first attention that reads in both directions; so the graph is cut at every attention (onnx/rowsPlan.ts).

import { siteName } from '../../../core/names';
import { ProblemError } from '../../../core/problem';
import { type RowsPlan, type RowTarget, rowsPlan } from '../../../onnx/instrument/rowsPlan';
import type { RowFinding } from '../../checks/rowFinding';
import { sequenceOutput } from '../../pass/carry';
import { type RunInput, runPass } from '../../pass/runPass';
import type { ModelPart } from '../../session/modelPart';
import { sampleText } from '../sampleText';
import { RowChains } from './rowChains';
import { judgeIds, judgeRows, notRun } from './rowFindings';
import { type Given, RowsSession } from './rowsSession';

export interface RowTrial {
  readonly parts: readonly ModelPart[];
  readonly padId: number;
  readonly special?: ReadonlySet<number>;
  readonly given?: RunInput['given'];
  /** The longest text; null: any. */
  readonly limit: number | null;
  /** A length that the model takes, where it takes no shorter one. */
  readonly length?: number;
}

/** Long enough to tell tokens apart, and to see a convolution die out. */
const [shortLength, longLength] = [6, 24];

/** What another length may mend; want of memory is nobody's to hide. */
const isMendable = (error: unknown): error is ProblemError => error instanceof ProblemError && error.problem.code !== 'outOfMemory';

/** The plan of each file; the encoder's states leave it where a decoder of another file reads them. */
export function plansOf(parts: readonly ModelPart[]): RowsPlan[] {
  return parts.map((part, index) => rowsPlan(part.content.model, part.facts, index === 0 && parts.length > 1 ? sequenceOutput(part) : undefined));
}

/** Tensors whose numbers the short run must give: what comes into the pieces. */
export function tensorsOf({ slice, targets }: RowsPlan): Set<string> {
  const ids = [...targets.values()].filter(({ rowsOf }) => rowsOf === 'ids').flatMap(({ ref }) => ref.map(({ tensor }) => tensor));
  return new Set([...slice.sources, ...slice.held, ...ids]);
}

/** One run of all files with a short text; the numbers at the cuts of each. */
async function givenAt(trial: RowTrial, plans: readonly RowsPlan[], length: number): Promise<(Given | undefined)[]> {
  const { parts, padId, special, given: fixed, limit } = trial;
  const count = Math.min(length, limit ?? length);
  const vocabularySize = parts[0]?.facts.vocabularySize;
  const options = { padId, ...(vocabularySize !== undefined && { vocabularySize }), ...(special && { special }) };
  const texts = { source: sampleText(count, options), target: sampleText(Math.max(2, count - 1), options), padId, given: fixed };
  const given: (Given | undefined)[] = parts.map(() => undefined);
  await runPass(parts, texts, async (index, feeds, outputs) => {
    const part = parts[index] as ModelPart;
    const plan = plans[index] as RowsPlan;
    const values = await part.run(feeds, { tensors: tensorsOf(plan), outputs });
    given[index] ??= { feeds, values };
    return values;
  });
  return given;
}

/** What the changed rows of each target tell, by the target's name. */
async function findingsOf(trial: RowTrial, plans: readonly RowsPlan[], index: number, given: Given): Promise<Map<string, RowFinding>> {
  const part = trial.parts[index] as ModelPart;
  const plan = plans[index] as RowsPlan;
  const findings = new Map<string, RowFinding>();
  const open: RowTarget[] = [];
  for (const target of plan.targets.values()) {
    if (target.blocked !== undefined) findings.set(target.name, notRun(target.blocked));
    else if (target.rowsOf === 'ids') findings.set(target.name, tryIds(target, part, given));
    else if (target.sources.length === 0) findings.set(target.name, notRun('it is made from no stream that was found'));
    else open.push(target);
  }
  if (open.length === 0) return findings;
  const session = await RowsSession.of(part, plan);
  try {
    const states = open.filter((target) => target.isState);
    for (const [target, finding] of await session.statesOf(given, states)) findings.set(target.name, finding);
    const rowByRow = open.filter((target) => !target.isState);
    const unclear = await session.unclear(given, rowByRow);
    for (const target of rowByRow) if (!unclear.includes(target)) findings.set(target.name, { state: 'holds' });
    if (unclear.length === 0) return findings;
    const longer = await givenAt(trial, plans, longLength).catch(() => undefined);
    for (const [target, changes] of await session.changesOf(longer?.[index] ?? given, unclear)) findings.set(target.name, judgeRows(target, changes));
  } finally {
    await session.release();
  }
  return findings;
}

/** The rows that are looked up are those of the ids that were fed, in their order. */
function tryIds({ ref }: RowTarget, part: ModelPart, { feeds, values }: Given): RowFinding {
  const tensor = ref[0]?.tensor ?? '';
  const fed = feeds[part.facts.lookups.find(({ indices }) => indices === tensor)?.ids ?? ''];
  const used = values.get(tensor);
  if (!fed || !used) return notRun('which rows of the token table are looked up was not captured');
  return judgeIds(Array.from(fed.data, Number), Array.from(used.data, Number));
}

/**
 * Of every site, by its name: whether its rows and columns are the tokens in their order. The sessions of the files are left as they are,
 * prepared for the tensors of `tensorsOf`. What the runtime cannot do is `not run`, except for want of memory.
 */
export async function tryRows(trial: RowTrial): Promise<ReadonlyMap<string, RowFinding>> {
  const result = new Map<string, RowFinding>();
  try {
    const plans = plansOf(trial.parts);
    const given = await givenAt(trial, plans, shortLength).catch((error: unknown) => {
      if (trial.length === undefined || !isMendable(error)) throw error;
      return givenAt(trial, plans, trial.length);
    });
    let states: RowFinding = { state: 'holds' };
    for (const [index, part] of trial.parts.entries()) {
      const [plan, own] = [plans[index] as RowsPlan, given[index]];
      if (!own) continue;
      const chains = new RowChains(plan, part.facts, await findingsOf(trial, plans, index, own), states);
      for (const site of part.facts.sites) result.set(siteName(site), chains.site(site, part.content.file.role === 'decoderStep'));
      const output = index === 0 && trial.parts.length > 1 ? sequenceOutput(part) : undefined;
      states = output === undefined ? states : chains.of(output);
    }
  } catch (error) {
    if (!isMendable(error)) throw error;
    const reason = `a short text could not be tried (${error.problem.message})`;
    for (const part of trial.parts) for (const site of part.facts.sites) if (!result.has(siteName(site))) result.set(siteName(site), notRun(reason));
  }
  return result;
}
