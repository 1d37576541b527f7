// Runs the identities of one site on a run's tensors. What cannot run says why; nothing is assumed.

import type { Check, Identity } from '../../core/check';
import type { Activation } from '../../core/names';
import type { Linear } from '../../onnx/facts/linear';
import type { Site } from '../../onnx/facts/site';
import type { LetteredTensor } from '../tensors/canonical';
import type { RunTensors } from '../tensors/runTensors';
import { mixDeviation, softmaxDeviation } from './attentionChecks';
import { checkResidual, type Recompute } from './checkResidual';
import { checkScores } from './checkScores';
import type { DeviationSize } from './deviation';
import { headsIn, rowsOf } from './headColumns';
import { silentRows } from './maskedRows';
import { mergeDeviation, type Projection, projectionDeviation } from './outputChecks';
import type { SiteBlocks } from './siteOperands';
import { type Measured, SiteReader, sizesFit, unboundedSize } from './siteReader';

export interface SiteCheckInput {
  readonly site: Site;
  readonly blocks: SiteBlocks;
  readonly part: number;
  readonly tensors: RunTensors;
  readonly identities: readonly Identity[];
  readonly tolerance: (identity: Identity) => number;
  /** The output projection's weights; undefined where they cannot be read. */
  readonly projection: (inputSize: number) => Promise<Projection | undefined>;
  readonly recompute: Recompute;
  /** A linear layer run by itself. */
  readonly feed: (linear: Linear, rows: LetteredTensor) => Promise<LetteredTensor | undefined>;
  readonly isRounded: boolean;
  /** What was asked for: only of that it is said that nothing vouches for it. */
  readonly shown: ReadonlySet<Activation>;
}

function checkSoftmax(site: Site, reader: SiteReader): Measured {
  const scores = reader.activation('scores', 'hqk');
  const pattern = reader.activation('pattern', 'hqk');
  if (!scores || !pattern) return site.absent.scores ?? site.absent.pattern ?? 'scores or pattern were not captured';
  const sink = reader.form(site.sink);
  if (site.sink && !sink) return 'the learned sink logit could not be read';
  return scores.data.length === pattern.data.length ? softmaxDeviation(scores, pattern, sink) : unboundedSize;
}

function checkMix(site: Site, reader: SiteReader): Measured {
  const pattern = reader.patternAsMixed();
  const v = reader.shared('v');
  const z = reader.activation('z', 'hqe');
  if (!pattern || !v || !z) return site.absent.v ?? site.absent.z ?? site.absent.pattern ?? 'pattern, v or z were not captured';
  if (typeof v === 'string') return unboundedSize;
  return sizesFit(pattern, z, v) ? mixDeviation(pattern, v, z) : unboundedSize;
}

function checkMerge(site: Site, reader: SiteReader): Measured {
  const z = reader.activation('z', 'hqe');
  const merged = site.outputProjection && rowsOf(reader.form([site.outputProjection.input]));
  if (!z || !merged) return site.absent.attn_out ?? site.absent.z ?? 'the input of the output projection was not captured';
  if (merged.dims[0] !== z.dims[1]) return unboundedSize;
  const { alike, ...found } = mergeDeviation(z, merged);
  // The sum over both is right in either order, and each head's own share of it is not.
  if (alike && found.relative === 0)
    return `heads ${alike.join(' and ')} mix the same numbers, so which of them the output projection reads where cannot be told`;
  return found;
}

async function checkProjection(input: SiteCheckInput, reader: SiteReader): Promise<Measured> {
  const { site } = input;
  const { outputProjection } = site;
  const z = reader.activation('z', 'hqe');
  const merged = outputProjection && rowsOf(reader.form([outputProjection.input]));
  const attnOut = outputProjection && rowsOf(reader.form([outputProjection.output]));
  if (!z || !merged || !attnOut) return site.absent.attn_out ?? site.absent.result ?? 'the output projection was not captured';
  const projection = await input.projection(merged.dims[1] as number);
  if (!projection) return 'the weights of the output projection could not be read';
  const { columns } = mergeDeviation(z, merged);
  const seen = outputProjection.inputAsSeen && rowsOf(reader.form([outputProjection.inputAsSeen]));
  const heads = seen ? headsIn(seen, columns, z.dims[2] as number) : z;
  const width = (z.dims[0] as number) * (z.dims[2] as number);
  if (projection.inputSize > width) return 'the output projection reads more than the heads';
  const matches = projection.inputSize === width && projection.outputSize === attnOut.dims[1] && attnOut.dims[0] === z.dims[1];
  return matches ? projectionDeviation(heads, columns, projection, attnOut) : unboundedSize;
}

/** What the layer after mlp_post gives for it: compared only where it is shown. */
async function fedForward({ blocks, shown, feed }: SiteCheckInput, reader: SiteReader): Promise<LetteredTensor | undefined> {
  const { block, isLast } = blocks;
  const post = isLast && shown.has('mlp_post') ? rowsOf(reader.form(block?.captures.mlp_post)) : undefined;
  return post && block?.down && feed(block.down, post);
}

async function finding(identity: Identity, input: SiteCheckInput, reader: SiteReader): Promise<Measured> {
  switch (identity) {
    case 'scores':
      return checkScores(input.site, reader);
    case 'softmax':
      return checkSoftmax(input.site, reader);
    case 'mix':
      return checkMix(input.site, reader);
    case 'merge':
      return checkMerge(input.site, reader);
    case 'projection':
      return checkProjection(input, reader);
    case 'residual':
      return checkResidual({ ...input, fed: await fedForward(input, reader) }, reader);
    case 'outputs':
    case 'inputs':
    case 'words':
      return 'it is checked for the whole model';
  }
}

/** A check from what was found: a reason why it did not run, or a deviation held against the tolerance. */
export function checkOf(identity: Identity, site: Check['site'], size: Measured, tolerance: number, shown?: ReadonlySet<Activation>): Check {
  const found = typeof size === 'string' || size.cells > 0 || size.absolute > 0 ? size : 'everything that it compares is masked';
  if (typeof found === 'string') return { identity, site, state: 'not run', reason: found, absolute: 0, relative: 0, tolerance };
  const unchecked = (found.unchecked ?? [])
    .filter(({ activation }) => shown?.has(activation) !== false)
    .map(({ activation, reason }) => `${activation}: ${reason}`);
  const state = found.relative <= tolerance ? 'holds' : 'failed';
  return { identity, site, state, ...plain(found), tolerance, ...(unchecked.length > 0 && { unchecked }) };
}

const plain = ({ absolute, relative, rows }: DeviationSize) => ({ absolute, relative, ...(rows && { rows }) });

/** One Check per identity, in their order. */
export async function checkSite(input: SiteCheckInput): Promise<Check[]> {
  const { tower, layer, kind } = input.site;
  const whole = new SiteReader(input);
  const reader = new SiteReader(input, silentRows(whole.activation('scores', 'hqk'), whole.activation('pattern', 'hqk')));
  const checks: Check[] = [];
  for (const identity of input.identities) {
    checks.push(checkOf(identity, { tower, layer, kind }, await finding(identity, input, reader), input.tolerance(identity), input.shown));
  }
  return checks.some(({ state }) => state === 'failed') && !hasNumbers(input) ? checks.map(asNotNumbers) : checks;
}

const asNotNumbers = (check: Check): Check => (check.state === 'failed' ? { ...check, isNotNumbers: true } : check);

/** Whether queries, keys and values are finite, as far as they were captured: no mask has reached them yet. */
function hasNumbers({ site, part, tensors }: SiteCheckInput): boolean {
  const forms = (['q', 'k', 'v'] as const).map((activation) => site.captures[activation] && tensors.form(part, site.captures[activation]));
  return forms.every((form) => form?.data.every(Number.isFinite) !== false);
}
