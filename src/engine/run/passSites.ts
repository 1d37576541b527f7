// What a pass tells of the model's sites: head counts and sizes from captured tensors, and which token lists they read.

import { type SiteKey, siteName } from '../../core/names';
import type { RunSite } from '../../core/run';
import type { Site } from '../../onnx/facts/site';
import type { PlannedCapture } from '../model/captureTable';
import { tokenLists } from '../pass/tokenLists';
import { captureAt, isThere } from './captures';
import type { Pass } from './pass';
import { wholeCapture } from './wholeCapture';

export function sitesOf(pass: Pass): Site[] {
  return pass.activeParts.flatMap((part) => part.facts.sites);
}

function dimOf(pass: Pass, site: Site, activations: readonly PlannedCapture['key']['activation'][], axis: 0 | 2): number | undefined {
  for (const activation of activations) {
    const capture = captureAt(pass, site, activation);
    const dim = capture && isThere(pass, capture) ? wholeCapture(pass, capture)?.dims[axis] : undefined;
    if (dim !== undefined) return dim;
  }
  return undefined;
}

const ownHeadCount = (pass: Pass, site: Site) => dimOf(pass, site, ['pattern', 'scores', 'z', 'q'], 0) ?? site.heads;

/** As captured, as the file says, or as another site of the tower has it; 0 when nothing tells. */
export function headCountOf(pass: Pass, site: Site): number {
  const others = () => sitesOf(pass).filter((one) => one.tower === site.tower && siteName(one) !== siteName(site));
  return (
    ownHeadCount(pass, site) ??
    others()
      .map((one) => ownHeadCount(pass, one))
      .find((count) => count !== undefined) ??
    0
  );
}

/** Whether nothing closed the site and no identity of it failed. */
export function isTrusted(pass: Pass, site: SiteKey): boolean {
  return pass.failureAt(site) === undefined && !pass.closed.has(siteName(site));
}

/** The site with what this pass tells of it. */
export function runSiteOf(pass: Pass, site: Site): RunSite {
  const { tower, layer, kind, recognisedAs } = site;
  const headCount = headCountOf(pass, site);
  const closedBecause = pass.closed.get(siteName(site));
  return {
    tower,
    layer,
    kind,
    recognisedAs,
    headCount,
    kvHeadCount: dimOf(pass, site, ['k', 'v'], 0) ?? site.kvHeads ?? headCount,
    headSize: dimOf(pass, site, ['z', 'v', 'q'], 2) ?? site.headSize ?? 0,
    ...tokenLists(pass, site),
    isCausal: site.isCausal ?? null,
    isTrusted: isTrusted(pass, site),
    ...(closedBecause !== undefined && { closedBecause }),
  };
}
