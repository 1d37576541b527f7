// From the head that is shown to the one beside it: by head, by layer. Each way goes round. Pure.

import type { View } from '../../core/inspection';
import { type SiteKey, siteName } from '../../core/names';
import type { RunSite, SeenRun } from '../../core/run';
import type { Pin } from './view';

/** 1: the next one; -1: the one before. */
export type Step = 1 | -1;

/** Layers of the same tower and kind whose numbers may be shown. */
function layersOf({ sites }: SeenRun, { tower, kind }: SiteKey): readonly RunSite[] {
  return sites.filter((site) => site.tower === tower && site.kind === kind && site.isTrusted);
}

/** The entry beside the one at `index`; of an entry that is not there (-1) the first or the last. */
function beside<T>(list: readonly T[], index: number, step: Step): T | undefined {
  const from = index < 0 && step < 0 ? 0 : index;
  return list[(from + step + list.length) % list.length];
}

const isShown =
  ({ site, head }: View) =>
  (one: Pin) =>
    siteName(one.site) === siteName(site) && one.head === head;

/** The next head, on to the first one of the next layer; from the mean of a layer to its first or last head. */
export function headBeside(run: SeenRun, view: View, step: Step): Pin | undefined {
  const heads = layersOf(run, view.site).flatMap((site) => Array.from({ length: site.headCount }, (_, head): Pin => ({ site, head })));
  if (view.head !== null) return beside(heads, heads.findIndex(isShown(view)), step);
  const own = heads.filter(({ site }) => siteName(site) === siteName(view.site));
  return step > 0 ? own[0] : own.at(-1);
}

/** The same head of the next layer, its last one where it has fewer; from a mean to a mean. */
export function layerBeside(run: SeenRun, { site, head }: View, step: Step): Pin | undefined {
  const layers = layersOf(run, site);
  const next = beside(
    layers,
    layers.findIndex((one) => siteName(one) === siteName(site)),
    step,
  );
  return next && { site: next, head: head === null ? null : Math.min(head, next.headCount - 1) };
}
