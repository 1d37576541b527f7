// Runs the identities of one site on a run's tensors. What cannot run says why; nothing is assumed.

import type { Check, Identity } from '../../core/check';
import type { Activation } from '../../core/names';
import type { CaptureRef, Scalar, ScoreStep, Site } from '../../onnx/site';
import { type LetteredTensor, withoutCopies } from '../canonical';
import type { RunTensors } from '../runTensors';
import { broadcasts, mixDeviation, type NumericStep, scoresDeviation, softmaxDeviation } from './attentionChecks';
import { type DeviationSize, unbounded } from './deviation';
import { headsIn, rowsOf } from './headColumns';
import { silentRows, withoutRows } from './maskedRows';
import { differenceOf, mergeDeviation, type Projection, projectionDeviation, residualDeviation, worse } from './outputChecks';
import { rotationDeviation } from './rotationCheck';
import type { SiteBlocks } from './siteOperands';

export interface SiteCheckInput {
  readonly site: Site;
  readonly blocks: SiteBlocks;
  readonly part: number;
  readonly tensors: RunTensors;
  readonly identities: readonly Identity[];
  readonly tolerance: (identity: Identity) => number;
  /** The output projection's weights; undefined where they cannot be read. */
  readonly projection: (inputSize: number) => Promise<Projection | undefined>;
}

type Finding = DeviationSize | string;

const unboundedSize: DeviationSize = { absolute: unbounded, relative: unbounded, cells: 1 };

export class SiteReader {
  constructor(
    readonly input: Pick<SiteCheckInput, 'site' | 'part' | 'tensors'>,
    /** Query rows that are left out of everything it reads. */
    private readonly skipped: ReadonlySet<number> = new Set(),
  ) {}

  /** The activation with these letters; keys and values without copies. Undefined: not captured. */
  activation(name: Activation, letters: string): LetteredTensor | undefined {
    const { site, part, tensors } = this.input;
    const tensor = tensors.read(part, site.captures[name], letters);
    return tensor && withoutRows(tensor, this.skipped);
  }

  /** Keys or values, one per kv head; a reason where their copies differ. */
  shared(name: Activation): LetteredTensor | string | undefined {
    const tensor = this.activation(name, 'hke');
    if (!tensor || !this.input.site.kvRepeated) return tensor;
    return withoutCopies(tensor, this.input.site.kvHeads) ?? 'the copies of shared keys and values differ';
  }

  form(ref: CaptureRef | undefined): LetteredTensor | undefined {
    const tensor = ref && this.input.tensors.form(this.input.part, ref);
    return tensor && withoutRows(tensor, this.skipped);
  }

  scalar(scalar: Scalar): number | undefined {
    return 'value' in scalar ? scalar.value : this.input.tensors.scalar(this.input.part, scalar.tensor);
  }
}

function numericStep(step: ScoreStep, reader: SiteReader): NumericStep | undefined {
  if (step.op === 'add') {
    const term = reader.form(step.term);
    return term && { op: 'add', term, sign: step.subtract ? -1 : 1 };
  }
  if (step.op === 'where') {
    const condition = reader.form(step.condition);
    const otherwise = reader.scalar(step.otherwise);
    return condition && otherwise !== undefined ? { op: 'where', condition, keepWhen: step.keepWhen, otherwise } : undefined;
  }
  const by = reader.scalar(step.op === 'softcap' ? step.cap : step.by);
  return by === undefined ? undefined : { op: step.op, by };
}

const sameSize = (a: LetteredTensor, b: LetteredTensor, letter: string) => a.dims[a.letters.indexOf(letter)] === b.dims[b.letters.indexOf(letter)];

function checkScores(site: Site, reader: SiteReader): Finding {
  if (!site.scoreSteps) return site.whyUnchecked ?? 'the steps from q·kᵀ to scores cannot be isolated';
  const q = reader.activation('rot_q', 'hqe') ?? reader.activation('q', 'hqe');
  const k = reader.shared('rot_k') ?? reader.shared('k');
  const scores = reader.activation('scores', 'hqk');
  if (!q || !k || !scores) return site.absent.q ?? site.absent.k ?? site.absent.scores ?? 'q, k or scores were not captured';
  if (typeof k === 'string') return unboundedSize;
  const steps = site.scoreSteps.map((step) => numericStep(step, reader));
  if (steps.some((step) => step === undefined)) return 'a term that is added to the scores could not be read';
  const known = steps as NumericStep[];
  const fit = known.every((step) => (step.op === 'add' ? broadcasts(step.term, scores) : step.op !== 'where' || broadcasts(step.condition, scores)));
  if (!fit) return 'a term that is added to the scores has another shape';
  const matches =
    q.dims[0] === scores.dims[0] &&
    sameSize(q, scores, 'q') &&
    sameSize(k, scores, 'k') &&
    sameSize(q, k, 'e') &&
    (q.dims[0] as number) % (k.dims[0] as number) === 0;
  if (!matches) return unboundedSize;
  const turned = worse(rotation(reader.activation('q', 'hqe'), reader.activation('rot_q', 'hqe')), rotation(reader.shared('k'), reader.shared('rot_k')));
  const product = scoresDeviation(q, k, known, scores);
  return turned.cells > 0 && turned.relative > product.relative ? { ...product, absolute: turned.absolute, relative: turned.relative } : product;
}

/** Whether what stands as queries or keys before the rotation is what was rotated; nothing where the model has none. */
function rotation(plain: LetteredTensor | string | undefined, rotated: LetteredTensor | string | undefined): DeviationSize {
  if (!plain || !rotated || typeof plain === 'string' || typeof rotated === 'string') return { absolute: 0, relative: 0, cells: 0 };
  return plain.data.length === rotated.data.length ? rotationDeviation(plain, rotated) : unboundedSize;
}

function checkSoftmax(site: Site, reader: SiteReader): Finding {
  const scores = reader.activation('scores', 'hqk');
  const pattern = reader.activation('pattern', 'hqk');
  if (!scores || !pattern) return site.absent.scores ?? site.absent.pattern ?? 'scores or pattern were not captured';
  const sink = reader.form(site.sink);
  if (site.sink && !sink) return 'the learned sink logit could not be read';
  return scores.data.length === pattern.data.length ? softmaxDeviation(scores, pattern, sink) : unboundedSize;
}

function checkMix(site: Site, reader: SiteReader): Finding {
  const pattern = reader.activation('pattern', 'hqk');
  const v = reader.shared('v');
  const z = reader.activation('z', 'hqe');
  if (!pattern || !v || !z) return site.absent.v ?? site.absent.z ?? site.absent.pattern ?? 'pattern, v or z were not captured';
  if (typeof v === 'string') return unboundedSize;
  const matches =
    pattern.dims[0] === z.dims[0] &&
    sameSize(pattern, z, 'q') &&
    sameSize(pattern, v, 'k') &&
    sameSize(v, z, 'e') &&
    (z.dims[0] as number) % (v.dims[0] as number) === 0;
  return matches ? mixDeviation(pattern, v, z) : unboundedSize;
}

function checkMerge(site: Site, reader: SiteReader): Finding {
  const z = reader.activation('z', 'hqe');
  const merged = site.outputProjection && rowsOf(reader.form([site.outputProjection.input]));
  if (!z || !merged) return site.absent.attn_out ?? site.absent.z ?? 'the input of the output projection was not captured';
  return merged.dims[0] === z.dims[1] ? mergeDeviation(z, merged) : unboundedSize;
}

async function checkProjection(input: SiteCheckInput, reader: SiteReader): Promise<Finding> {
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

function checkResidual(input: SiteCheckInput, reader: SiteReader): Finding {
  const { residual } = input.site;
  if (!residual) return input.site.absent.resid_mid ?? 'where the attention output joins the residual stream was not found';
  const read = (ref: CaptureRef | undefined) => rowsOf(reader.form(ref));
  const [skip, added, sum] = [read([residual.skip]), read([residual.added]), read([residual.sum])];
  if (!skip || !added || !sum) return 'the residual stream was not captured';
  let size = residualDeviation(skip, added, sum);
  const attnOut = read(input.site.captures.attn_out);
  if (residual.addedIs === 'attn_out' && attnOut) size = worse(size, differenceOf(attnOut.data, added.data));
  return worse(size, blockDeviation(input, read, { skip, sum }));
}

/** The block's own tensors in the form it has: what enters, the middle, and what leaves and enters the next. */
function blockDeviation(
  { site, blocks }: SiteCheckInput,
  read: (ref: CaptureRef | undefined) => LetteredTensor | undefined,
  own: { readonly skip: LetteredTensor; readonly sum: LetteredTensor },
): DeviationSize {
  const { block, next } = blocks;
  const form = block?.form;
  const [before, after, mid] = [read(block?.captures.resid_pre), read(block?.captures.resid_post), read(site.captures.resid_mid)];
  const [middle, inner, following] = [read(block?.captures.resid_mid), read(block?.captures.mlp_out), read(next?.captures.resid_pre)];
  let size: DeviationSize = { absolute: 0, relative: 0, cells: 0 };
  if (before && site.kind === 'self' && (form === 'pre-norm' || form === 'post-norm' || form === 'sandwich norm'))
    size = worse(size, differenceOf(before.data, own.skip.data));
  if (mid && (form === 'pre-norm' || form === 'sandwich norm')) size = worse(size, differenceOf(mid.data, own.sum.data));
  if (after && following) size = worse(size, differenceOf(following.data, after.data));
  if (after && inner && middle && form === 'pre-norm') size = worse(size, residualDeviation(middle, inner, after));
  return size;
}

async function finding(identity: Identity, input: SiteCheckInput, reader: SiteReader): Promise<Finding> {
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
      return checkResidual(input, reader);
    case 'outputs':
      return 'it is checked for the whole model';
  }
}

/** A check from what was found: a reason why it did not run, or a deviation held against the tolerance. */
export function checkOf(identity: Identity, site: Check['site'], size: Finding, tolerance: number): Check {
  const found = typeof size === 'string' || size.cells > 0 || size.absolute > 0 ? size : 'everything that it compares is masked';
  if (typeof found === 'string') return { identity, site, state: 'not run', reason: found, absolute: 0, relative: 0, tolerance };
  return { identity, site, state: found.relative <= tolerance ? 'holds' : 'failed', ...plain(found), tolerance };
}

const plain = ({ absolute, relative, rows }: DeviationSize) => ({ absolute, relative, ...(rows && { rows }) });

/** One Check per identity, in their order. */
export async function checkSite(input: SiteCheckInput): Promise<Check[]> {
  const { tower, layer, kind } = input.site;
  const whole = new SiteReader(input);
  const reader = new SiteReader(input, silentRows(whole.activation('scores', 'hqk'), whole.activation('pattern', 'hqk')));
  const checks: Check[] = [];
  for (const identity of input.identities) {
    checks.push(checkOf(identity, { tower, layer, kind }, await finding(identity, input, reader), input.tolerance(identity)));
  }
  return checks;
}
