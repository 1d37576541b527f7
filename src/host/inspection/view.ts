// What is looked at within a run: how the choices of first sight and of the user become one View. Pure.

import type { View } from '../../core/inspection';
import { type SiteKey, siteName } from '../../core/names';
import type { RunSite, RunSummary, SeenRun } from '../../core/run';

/** The head that a user chose, for every text of a model; null: the mean of the layer's heads. */
export interface Pin {
  readonly site: SiteKey;
  readonly head: number | null;
}

/** What is kept from the view before. */
export interface Wanted {
  readonly pin?: Pin;
  readonly focus?: number;
  readonly tab?: string;
}

const firstTab = 'map';

/** The site of the run with that key. */
export function findSite(run: RunSummary, key: SiteKey): RunSite | undefined {
  return run.sites.find((site) => siteName(site) === siteName(key));
}

/** First sight, with the pinned head where the run has it and with `focus` where it is a query token. */
export function viewOf(run: SeenRun, { pin, focus = run.firstSight.focus, tab = firstTab }: Wanted = {}): View {
  const { site, head } = run.firstSight;
  const own: View = { site: keyOf(site), head, focus: run.firstSight.focus, isPinned: false, tab };
  const pinned = pin && withHead(run, own, pin.site, pin.head);
  return withFocus(run, pinned ? { ...pinned, isPinned: true } : own, focus);
}

/** The view on another head; undefined when the run has no such head. The focus stays where it is a query token there too. */
export function withHead(run: RunSummary, view: View, key: SiteKey, head: number | null): View | undefined {
  const site = findSite(run, key);
  if (!site || (head !== null && !(Number.isInteger(head) && head >= 0 && head < site.headCount))) return undefined;
  const keepsTokens = findSite(run, view.site)?.queryTokens === site.queryTokens;
  const moved = { ...view, site: keyOf(site), head };
  return keepsTokens ? moved : { ...moved, focus: firstWord(run, site) };
}

/** The view with another focus; unchanged when that is no query token of the site. */
export function withFocus(run: RunSummary, view: View, focus: number): View {
  return Number.isInteger(focus) && focus >= 0 && focus < queryTokens(run, view.site).length ? { ...view, focus } : view;
}

/** Offset in a text of the focus token, where the run is of that text; undefined where it is no token of it. */
export function focusOffset(text: string | undefined, run: RunSummary | null, view: View | null): number | undefined {
  if (!run || !view || text !== run.text) return undefined;
  const { site, focus } = view;
  const token = queryTokens(run, site)[focus];
  return token?.sequence === 0 && !token.isSpecial && findSite(run, site)?.queryTokens === 'source' ? token.start : undefined;
}

function queryTokens(run: RunSummary, key: SiteKey) {
  const site = findSite(run, key);
  return (site && run.tokens[site.queryTokens]) ?? [];
}

function firstWord(run: RunSummary, site: RunSite): number {
  return Math.max(
    0,
    queryTokens(run, site).findIndex((token) => !token.isSpecial),
  );
}

function keyOf({ tower, layer, kind }: SiteKey): SiteKey {
  return { tower, layer, kind };
}
