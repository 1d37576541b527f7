// What is measured of every head at the focus beyond first sight: the row that it reads, and what it adds.

import { headOutputsOf } from '../../core/headOutputs';
import type { SiteKey } from '../../core/names';
import { required } from '../../core/problem';
import type { QuestionOf } from '../../core/question';
import type { FirstSight, RunSummary } from '../../core/run';
import { floatsOf } from '../../core/tensorPack';
import { type RowFacts, rowFacts } from '../../present/heads/rowFacts';
import { outputsModel } from '../../present/outputs/outputsModel';
import { ask, type Reader } from '../../protocol/ask';
import { siteTokens } from './siteTokens';

/** What cannot be had is absent. */
export interface HeadFacts extends Partial<RowFacts> {
  readonly norm?: number;
  readonly share?: number;
}

/** The heads of one site, in order. */
export interface MeasuredSite {
  readonly site: SiteKey;
  readonly heads: readonly HeadFacts[];
}

/** Norms and shares of the heads; empty where this model has no such thing. */
async function addedAt(engine: Reader, question: Omit<QuestionOf<'headOutputs'>, 'of'>): Promise<readonly Pick<HeadFacts, 'norm' | 'share'>[]> {
  const outcome = await ask(engine, { of: 'headOutputs', ...question });
  if (!outcome.ok && outcome.problem.code === 'activationAbsent') return [];
  const outputs = headOutputsOf(required(outcome));
  return outputs ? outputsModel(outputs).parts.map(({ norm, share }) => ({ norm, ...(share !== undefined && { share }) })) : [];
}

/** Of the sites that first sight measured, at its focus. Problems: those of reading an activation. */
export async function measuredHeads(engine: Reader, run: RunSummary, { measures, focus }: FirstSight): Promise<MeasuredSite[]> {
  const { runId } = run;
  const measured: MeasuredSite[] = [];
  for (const { site, values } of measures) {
    const { tower, layer, kind } = site;
    const outcome = await ask(engine, { of: 'activation', runId, tower, layer, kind, activation: 'pattern' });
    if (!outcome.ok && outcome.problem.code === 'activationAbsent') {
      measured.push({ site, heads: [] });
      continue;
    }
    const pack = required(outcome);
    const [, queries = 0, width = 0] = pack.headers[0]?.dims ?? [];
    const weights = floatsOf(pack, 'values') ?? new Float32Array();
    const { keys } = siteTokens(run, site);
    const added = await addedAt(engine, { runId, tower, layer, kind, query: focus });
    const heads = values.map((_, head): HeadFacts => {
      const from = (head * queries + focus) * width;
      return { ...rowFacts(weights.subarray(from, from + width), keys, kind === 'self' ? focus : undefined), ...added[head] };
    });
    measured.push({ site, heads });
  }
  return measured;
}
