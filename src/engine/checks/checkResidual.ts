// Identity 6 of a site: what enters the residual stream and what the attention adds give what leaves, and the block's tensors join up.

import type { Block, CaptureRef, Site } from '../../onnx/site';
import type { LetteredTensor } from '../canonical';
import type { DeviationSize } from './deviation';
import { rowsOf } from './headColumns';
import { differenceOf, proportionDeviation, residualDeviation, worse } from './outputChecks';
import type { SiteBlocks } from './siteOperands';
import type { Finding, SiteReader } from './siteReader';

interface Place {
  readonly site: Site;
  readonly blocks: SiteBlocks;
}

/** A reason where the stream was not found or not captured. */
export function checkResidual(input: Place, reader: SiteReader): Finding {
  const { residual } = input.site;
  if (!residual) return input.site.absent.resid_mid ?? 'where the attention output joins the residual stream was not found';
  const read = (ref: CaptureRef | undefined) => rowsOf(reader.form(ref));
  const [skip, added, sum] = [read([residual.skip]), read([residual.added]), read([residual.sum])];
  if (!skip || !added || !sum) return 'the residual stream was not captured';
  let size = residualDeviation(skip, added, sum);
  const attnOut = read(input.site.captures.attn_out);
  if (residual.addedIs === 'attn_out' && attnOut) size = worse(size, differenceOf(attnOut.data, added.data));
  const { block } = input.blocks;
  const mlpOut = read(block?.captures.mlp_out);
  const scaled = read(block?.scaledMlpOut && [block.scaledMlpOut]);
  if (mlpOut && scaled) size = worse(size, proportionDeviation(mlpOut.data, scaled.data));
  const lastAdded = scaled ?? mlpOut;
  if (residual.addedIs === 'attn_out + mlp_out' && block?.form === 'parallel' && attnOut && lastAdded)
    size = worse(size, residualDeviation(attnOut, lastAdded, added));
  return worse(size, blockDeviation(input, read, { skip, sum, lastAdded }));
}

/** The block's own tensors in the form it has: what enters, the middle, and what leaves and enters the next. */
function blockDeviation(
  { site, blocks }: Place,
  read: (ref: CaptureRef | undefined) => LetteredTensor | undefined,
  own: { readonly skip: LetteredTensor; readonly sum: LetteredTensor; readonly lastAdded: LetteredTensor | undefined },
): DeviationSize {
  const { block, next } = blocks;
  const form = block?.form;
  const [before, after, mid] = [read(block?.captures.resid_pre), read(block?.captures.resid_post), read(site.captures.resid_mid)];
  const [middle, following] = [read(block?.captures.resid_mid), read(next?.captures.resid_pre)];
  let size: DeviationSize = { absolute: 0, relative: 0, cells: 0 };
  if (before && site.kind === 'self' && (form === 'pre-norm' || form === 'post-norm' || form === 'sandwich norm'))
    size = worse(size, differenceOf(before.data, own.skip.data));
  if (mid && (form === 'pre-norm' || form === 'sandwich norm')) size = worse(size, differenceOf(mid.data, own.sum.data));
  if (after && following) size = worse(size, differenceOf(following.data, after.data));
  const isBeside = form === 'parallel' && site.residual?.addedIs === 'attn_out';
  const joinedBefore = form === 'pre-norm' ? middle : isBeside ? own.sum : undefined;
  return worse(size, endDeviation(block, read, { middle: joinedBefore, lastAdded: own.lastAdded, after: form === 'post-norm' ? undefined : after }));
}

/** The addition that ends the layer, and that its parts are what is shown as such; those that are undefined are not compared. */
function endDeviation(
  block: Block | undefined,
  read: (ref: CaptureRef | undefined) => LetteredTensor | undefined,
  shown: { readonly middle: LetteredTensor | undefined; readonly lastAdded: LetteredTensor | undefined; readonly after: LetteredTensor | undefined },
): DeviationSize {
  const { end } = block ?? {};
  const [skip, added, sum] = [read(end && [end.skip]), read(end && [end.added]), read(end && [end.sum])];
  if (!end || !skip || !added || !sum) return { absolute: 0, relative: 0, cells: 0 };
  let size = residualDeviation(skip, added, sum);
  if (shown.middle) size = worse(size, differenceOf(shown.middle.data, skip.data));
  if (shown.lastAdded && !end.isNormed) size = worse(size, differenceOf(shown.lastAdded.data, added.data));
  if (shown.after) size = worse(size, differenceOf(shown.after.data, sum.data));
  return size;
}
