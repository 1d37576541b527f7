// What a head, a mean of heads and a site are called, and what first sight measured of them. One rule for every view of a run.

import type { View } from '../../core/inspection';
import { headName, type SiteKey, siteName } from '../../core/names';
import type { FirstSight, RunSummary, SeenRun } from '../../core/run';

function hasSeveralTowers(run: Pick<RunSummary, 'sites'>): boolean {
  return new Set(run.sites.map((site) => site.tower)).size > 1;
}

/** `L2H1`, or `mean of L2`; with several towers in the run `D·L2H1×`. */
export function viewName(run: Pick<RunSummary, 'sites'>, { site, head }: Pick<View, 'site' | 'head'>): string {
  if (head !== null) return headName(site, head, hasSeveralTowers(run));
  return `mean of ${headName(site, 0, hasSeveralTowers(run)).replace('H0', '')}`;
}

/** `encoder self` */
export function siteKindText(site: { readonly tower: string; readonly kind: string }): string {
  return `${site.tower} ${site.kind}`;
}

/** `L2H1 · brings 0.312 to server (…)`; the name alone where the measure was not had. */
export function headTitle(run: Pick<SeenRun, 'sites' | 'firstSight'>, site: SiteKey, head: number): string {
  const name = viewName(run, { site, head });
  const value = run.firstSight.measures.find((measure) => siteName(measure.site) === siteName(site))?.values[head];
  // What is not finite arrives as null.
  return run.firstSight.chosenBy !== 'only' && typeof value === 'number' && Number.isFinite(value) ? `${name} · ${measureText(run.firstSight, value)}` : name;
}

function measureText({ chosenBy, focusWord, whyWeights }: FirstSight, value: number): string {
  const beyond = chosenBy === 'beyond' ? ' beyond other words' : '';
  if (whyWeights !== undefined) return `reads ${value.toFixed(3)} for ${focusWord}${beyond} (weights alone)`;
  return `brings ${value.toFixed(3)} to ${focusWord}${beyond} (length relative to its residual stream)`;
}
