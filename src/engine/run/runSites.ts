// What a run tells of the model's sites: head counts and sizes from captured tensors, and which token lists they read.

import type { RunSite } from '../../core/inspection';
import { siteName } from '../../core/names';
import type { Site } from '../../onnx/facts/site';
import type { PlannedCapture } from '../model/captureTable';
import { tokenLists } from '../pass/tokenLists';
import { wholeCapture } from './derive';
import type { Run } from './run';

/** The captures of the files that run with this text. */
export function capturesOf(run: Run): PlannedCapture[] {
  const count = run.activeParts.length;
  return run.model.table.filter((capture) => capture.part < count);
}

export function sitesOf(run: Run): Site[] {
  return run.activeParts.flatMap((part) => part.facts.sites);
}

/** Indices of the tokens that are not special. */
export function contentIndices(run: Run, list: RunSite['queryTokens']): number[] {
  const tokens = (list === 'target' ? run.text.target : run.text.source) ?? [];
  return tokens.flatMap((token, index) => (token.isSpecial ? [] : [index]));
}

/** Whether the tensors of a capture are in the run; a derived one needs z and the input of W_O. */
export function isThere(run: Run, capture: PlannedCapture): boolean {
  const { site, part, ref } = capture;
  if (ref) return run.tensors.has(part, ref);
  const linear = site?.outputProjection;
  const needed = [site?.captures.z, linear && [linear.input], linear?.inputAsSeen && [linear.inputAsSeen]];
  return needed.every((one) => one === undefined || run.tensors.has(part, one));
}

function dimOf(run: Run, site: Site, activations: readonly PlannedCapture['key']['activation'][], axis: 0 | 2): number | undefined {
  for (const activation of activations) {
    const capture = run.model.table.find((one) => one.key.activation === activation && one.site === site);
    const dim = capture && isThere(run, capture) ? wholeCapture(run, capture)?.dims[axis] : undefined;
    if (dim !== undefined) return dim;
  }
  return undefined;
}

const ownHeadCount = (run: Run, site: Site) => dimOf(run, site, ['pattern', 'scores', 'z', 'q'], 0) ?? site.heads;

/** As captured, as the file says, or as another site of the tower has it; 0 when nothing tells. */
export function headCountOf(run: Run, site: Site): number {
  const others = () => sitesOf(run).filter((one) => one.tower === site.tower && siteName(one) !== siteName(site));
  return (
    ownHeadCount(run, site) ??
    others()
      .map((one) => ownHeadCount(run, one))
      .find((count) => count !== undefined) ??
    0
  );
}

/** The site with what this run tells of it. */
export function runSiteOf(run: Run, site: Site): RunSite {
  const { tower, layer, kind, recognisedAs } = site;
  const headCount = headCountOf(run, site);
  const closedBecause = run.closed.get(siteName(site));
  return {
    tower,
    layer,
    kind,
    recognisedAs,
    headCount,
    kvHeadCount: dimOf(run, site, ['k', 'v'], 0) ?? site.kvHeads ?? headCount,
    headSize: dimOf(run, site, ['z', 'v', 'q'], 2) ?? site.headSize ?? 0,
    ...tokenLists(run, site),
    isCausal: site.isCausal ?? null,
    isTrusted: run.failureAt(site) === undefined && closedBecause === undefined,
    ...(closedBecause !== undefined && { closedBecause }),
  };
}

/** The site of a block's layer whose residual identity failed: the block's own tensors rest on it. */
export function residualFailure(run: Run, capture: PlannedCapture): Site | undefined {
  const failed = run.checks.filter((check) => check.state === 'failed' && check.identity === 'residual').map((check) => check.site && siteName(check.site));
  return sitesOf(run).find((site) => site.tower === capture.key.tower && site.layer === capture.key.layer && failed.includes(siteName(site)));
}
