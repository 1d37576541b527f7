// Identity 6 of a site: what enters the residual stream and what the attention adds give what leaves, and everything that is named at the
// layer is what is really added, in the form the layer has. What nothing holds is said, never counted.

import type { Activation } from '../../core/names';
import type { Block } from '../../onnx/facts/block';
import type { CaptureRef, RowMap } from '../../onnx/facts/captures';
import type { Site } from '../../onnx/facts/site';
import type { LetteredTensor } from '../tensors/canonical';
import type { DeviationSize } from './deviation';
import { rowsOf } from './headColumns';
import { coarseDeviation, differenceOf, differenceOfRounded, type RecomputedRows, residualDeviation, rowsDeviation, worse } from './outputChecks';
import type { SiteBlocks } from './siteOperands';
import type { Measured, SiteReader } from './siteReader';

/** Rows of `map.to` made from rows of `map.from` by the file's own parameters. Undefined: not possible. */
export type Recompute = (map: RowMap, from: LetteredTensor, beside?: LetteredTensor) => RecomputedRows | undefined;

export interface ResidualInput {
  readonly site: Site;
  readonly blocks: SiteBlocks;
  readonly recompute: Recompute;
  /** What the layer after mlp_post gives for it, run by itself; undefined where it cannot be run. */
  readonly fed?: LetteredTensor;
  /** Whether a last digit of 8 bits may fall either way. */
  readonly isRounded: boolean;
}

type Rows = LetteredTensor | undefined;

/** Collects what was compared, and which quantities nothing was compared with. */
class Comparison {
  size: DeviationSize = { absolute: 0, relative: 0, cells: 0 };
  readonly unchecked = new Map<Activation, string>();

  constructor(
    private readonly reader: SiteReader,
    readonly recompute: Recompute,
    private readonly isRounded: boolean,
  ) {}

  read(ref: CaptureRef | undefined): Rows {
    return rowsOf(this.reader.form(ref));
  }

  add(size: DeviationSize): void {
    this.size = worse(this.size, size);
  }

  /** Two names of the same numbers; those that are not there are not compared. */
  same(a: Rows, b: Rows): void {
    if (a && b) this.add(this.isRounded ? differenceOfRounded(a.data, b.data) : differenceOf(a.data, b.data));
  }

  /** `b` is `a`, or `a` after the norm; where that cannot be recomputed, `held` hangs on nothing. */
  normed(a: Rows, b: Rows, { norm, isNormed, held }: { readonly norm: RowMap | undefined; readonly isNormed: boolean; readonly held: Activation }): void {
    if (!a || !b) return;
    const found = isNormed && norm ? this.recompute(norm, a) : undefined;
    if (!isNormed) this.same(a, b);
    else if (found) this.add(rowsDeviation(found, b));
    else this.unchecked.set(held, 'the norm beside it could not be recomputed');
  }
}

/** A reason where the stream was not found or not captured. */
export function checkResidual(input: ResidualInput, reader: SiteReader): Measured {
  const { residual } = input.site;
  if (!residual) return input.site.absent.resid_mid ?? 'where the attention output joins the residual stream was not found';
  const to = new Comparison(reader, input.recompute, input.isRounded);
  const [skip, added, sum] = [to.read([residual.skip]), to.read([residual.added]), to.read([residual.sum])];
  if (!skip || !added || !sum) return 'the residual stream was not captured';
  to.add(residualDeviation(skip, added, sum));
  compareAttention(input, to, added);
  if (input.site.kind === 'self') to.same(to.read(input.blocks.block?.captures.resid_pre), skip);
  const isNormed = residual.midNorm !== undefined;
  for (const mid of [input.site.captures.resid_mid, input.blocks.isLast ? input.blocks.block?.captures.resid_mid : undefined])
    to.normed(sum, to.read(mid), { norm: residual.midNorm, isNormed, held: 'resid_mid' });
  if (input.blocks.isLast && input.blocks.block) {
    compareEnd(input.site, input.blocks.block, to);
    compareFeedForward(input, input.blocks.block, to);
  }
  to.same(to.read(input.blocks.block?.captures.resid_post), to.read(input.blocks.next?.captures.resid_pre));
  return { ...to.size, ...(to.unchecked.size > 0 && { unchecked: [...to.unchecked].map(([activation, reason]) => ({ activation, reason })) }) };
}

/** attn_out is what is added, in the way that was found. */
function compareAttention({ site, blocks }: ResidualInput, to: Comparison, added: LetteredTensor): void {
  const attnOut = to.read(site.captures.attn_out);
  const { addedIs, map } = site.residual ?? {};
  if (!attnOut) return;
  if (addedIs === 'attn_out') to.same(attnOut, added);
  if (addedIs === 'normed attn_out' || addedIs === 'scaled attn_out') to.normed(attnOut, added, { norm: map, isNormed: true, held: 'attn_out' });
  if (addedIs === 'rounded attn_out') to.add(coarseDeviation(attnOut.data, added.data));
  if (addedIs !== 'attn_out + mlp_out') return;
  const { block } = blocks;
  const mlpOut = to.read(block?.captures.mlp_out);
  const scaled = to.read(block?.scaledMlpOut && [block.scaledMlpOut.tensor]);
  to.normed(mlpOut, scaled, { norm: block?.scaledMlpOut?.map, isNormed: true, held: 'mlp_out' });
  const beside = scaled ?? mlpOut;
  if (beside && block?.form === 'parallel' && !block.end) to.add(residualDeviation(attnOut, beside, added));
  else to.unchecked.set('attn_out', 'what is added together with it is not read');
}

/** The addition that ends the layer, that its parts are what is shown as such, and what leaves the layer. */
function compareEnd(site: Site, block: Block, to: Comparison): void {
  const { end, endNorm } = block;
  const mlpOut = to.read(block.captures.mlp_out);
  const [skip, added, sum] = [to.read(end && [end.skip]), to.read(end && [end.added]), to.read(end && [end.sum])];
  if (end && skip && added && sum) {
    to.add(residualDeviation(skip, added, sum));
    to.same(to.read(site.captures.resid_mid ?? block.captures.resid_mid) ?? to.read(site.residual && [site.residual.sum]), skip);
    to.normed(mlpOut, added, { norm: end.map, isNormed: end.map !== undefined, held: 'mlp_out' });
  } else if (mlpOut && block.form !== 'parallel') to.unchecked.set('mlp_out', 'where it joins the residual stream was not found');
  const last = sum ?? to.read(site.residual && [site.residual.sum]);
  to.normed(last, to.read(block.captures.resid_post), { norm: endNorm, isNormed: block.form === 'post-norm', held: 'resid_post' });
}

/** mlp_post is what makes mlp_out, and mlp_pre what makes mlp_post. */
function compareFeedForward({ fed, isRounded }: ResidualInput, { captures, activation }: Block, to: Comparison): void {
  const [pre, post, out] = [to.read(captures.mlp_pre), to.read(captures.mlp_post), to.read(captures.mlp_out)];
  const result = rowsOf(fed);
  if (post && out && result) to.add(isRounded ? coarseDeviation(result.data, out.data) : differenceOf(result.data, out.data));
  else if (post) to.unchecked.set('mlp_post', 'the layer after it could not be run by itself');
  if (!pre) return;
  const beside = to.read(activation?.beside && [activation.beside]);
  const made = activation && (!activation.beside || beside) ? to.recompute(activation.map, pre, beside) : undefined;
  if (made && post) to.add(rowsDeviation(made, post));
  else to.unchecked.set('mlp_pre', 'the activation function after it could not be recomputed');
}
