// Which tensors of each file a run has to record for a list of captures, and which identities it checks with them. Names only.

import type { Activation } from '../../core/names';
import type { Site } from '../../onnx/facts/site';
import { identitiesFor, identitiesOf, operandsOf, type SiteBlocks } from '../checks/siteOperands';
import { type PlannedCapture, resultOperands } from '../model/captureTable';
import type { ModelPart } from '../session/modelPart';

export interface SitePlan {
  readonly part: number;
  readonly site: Site;
  readonly blocks: SiteBlocks;
  readonly identities: ReturnType<typeof identitiesFor>;
  /** What was asked for at the site and its layer. */
  readonly shown: ReadonlySet<Activation>;
}

export interface CapturePlan {
  readonly sites: readonly SitePlan[];
  /** By file. */
  readonly wanted: readonly Set<string>[];
}

/** The sites touched by these captures, with the identities that vouch for them. */
function sitePlans(parts: readonly ModelPart[], captures: readonly PlannedCapture[], allIdentities: boolean): SitePlan[] {
  return parts.flatMap((owner, part) =>
    owner.facts.sites.flatMap((site): SitePlan[] => {
      const isHere = (capture: PlannedCapture) => capture.part === part && capture.key.tower === site.tower && capture.key.layer === site.layer;
      const touching = captures.filter((capture) => isHere(capture) && (capture.key.kind === undefined || capture.key.kind === site.kind));
      const isWhole = allIdentities && touching.length > 0;
      const shown = new Set(touching.map((capture) => capture.key.activation));
      const identities = isWhole ? identitiesOf(site) : identitiesFor(site, shown);
      const blockAt = (layer: number) => owner.facts.blocks.find((one) => one.tower === site.tower && one.layer === layer);
      const block = blockAt(site.layer);
      const isLast = owner.facts.sites.findLast((one) => one.tower === site.tower && one.layer === site.layer) === site;
      const blocks = { block, next: block?.leadsOn ? blockAt(site.layer + 1) : undefined, isLast };
      return identities.length > 0 ? [{ part, site, blocks, identities, shown }] : [];
    }),
  );
}

/** `allIdentities`: all that there are at the sites touched, not only those that vouch for the captures. */
export function capturePlan(parts: readonly ModelPart[], captures: readonly PlannedCapture[], allIdentities: boolean): CapturePlan {
  const sites = sitePlans(parts, captures, allIdentities);
  const wanted = parts.map(() => new Set<string>());
  const want = (part: number, refs: readonly { readonly tensor: string }[]) => {
    for (const ref of refs) wanted[part]?.add(ref.tensor);
  };
  for (const capture of captures) want(capture.part, capture.ref ?? []);
  for (const { part, site, blocks, identities, shown } of sites)
    for (const identity of identities) for (const refs of operandsOf(site, blocks, identity, shown)) want(part, refs);
  for (const { site, part } of captures.filter((one) => one.key.activation === 'result')) for (const refs of resultOperands(site)) want(part, refs);
  return { sites, wanted };
}
