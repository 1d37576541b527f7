// Which identities vouch for which activations, and which tensors each identity needs. Names only, no numbers.

import type { Identity } from '../../core/check';
import type { Activation } from '../../core/names';
import type { Block } from '../../onnx/facts/block';
import type { CaptureRef } from '../../onnx/facts/captures';
import type { Site } from '../../onnx/facts/site';
import { stepRefs } from './scoreProgram';

const vouching: Readonly<Partial<Record<Activation, readonly Identity[]>>> = {
  q: ['scores'],
  k: ['scores'],
  rot_q: ['scores'],
  rot_k: ['scores'],
  v: ['mix'],
  scores: ['scores', 'softmax'],
  pattern: ['softmax'],
  z: ['mix'],
  result: ['mix', 'merge', 'projection'],
  attn_out: ['merge', 'projection', 'residual'],
  resid_pre: ['residual'],
  resid_mid: ['residual'],
  resid_post: ['residual'],
  mlp_out: ['residual'],
  mlp_pre: ['residual'],
  mlp_post: ['residual'],
};

/** All identities of a site; a recurrent attention ends with its mix. */
export function identitiesOf(site: Site): readonly Identity[] {
  return site.isRecurrent ? ['scores', 'softmax', 'mix'] : ['scores', 'softmax', 'mix', 'merge', 'projection', 'residual'];
}

/** Those that vouch for one of these activations. */
export function identitiesFor(site: Site, activations: ReadonlySet<Activation>): readonly Identity[] {
  const wanted = new Set([...activations].flatMap((activation) => vouching[activation] ?? []));
  return identitiesOf(site).filter((identity) => wanted.has(identity));
}

/** The block a site stands in, and the block after it in its tower that the stream leads on to. */
export interface SiteBlocks {
  readonly block: Block | undefined;
  readonly next: Block | undefined;
  /** Whether the site is the last of its layer: then what ends the layer is compared at it. */
  readonly isLast: boolean;
}

/** The wide tensors of a feed-forward part, wanted only where they are shown. */
function feedForwardRefs(block: Block | undefined, shown: ReadonlySet<Activation>): readonly (CaptureRef | undefined)[] {
  if (!block || !(shown.has('mlp_pre') || shown.has('mlp_post'))) return [];
  const beside = block.activation?.beside;
  return [block.captures.mlp_post, ...(shown.has('mlp_pre') ? [block.captures.mlp_pre, beside && [beside]] : [])];
}

/** Tensors that an identity reads; those that the graph does not have are left out. */
export function operandsOf(site: Site, blocks: SiteBlocks, identity: Identity, shown: ReadonlySet<Activation>): CaptureRef[] {
  const { captures, outputProjection: projection, residual } = site;
  const { block, next } = blocks;
  const present = (refs: readonly (CaptureRef | undefined)[]) => refs.filter((ref) => ref !== undefined);
  switch (identity) {
    case 'scores':
      return site.scoreSteps
        ? [...present([captures.rot_q ?? captures.q, captures.rot_k ?? captures.k, captures.scores]), ...site.scoreSteps.flatMap(stepRefs)]
        : [];
    case 'softmax':
      return present([captures.scores, captures.pattern, site.sink]);
    case 'mix':
      return present([captures.pattern, site.patternAsMixed, captures.v, captures.z]);
    case 'merge':
      return present([captures.z, projection && [projection.input]]);
    case 'projection':
      return present([captures.z, projection && [projection.input], projection && [projection.output], projection?.inputAsSeen && [projection.inputAsSeen]]);
    case 'residual':
      return residual
        ? [
            [residual.skip],
            [residual.added],
            [residual.sum],
            ...present([
              captures.attn_out,
              captures.resid_mid,
              block?.captures.resid_pre,
              block?.captures.resid_mid,
              block?.captures.resid_post,
              block?.captures.mlp_out,
              block?.scaledMlpOut && [block.scaledMlpOut.tensor],
              ...(block?.end ? [[block.end.skip], [block.end.added], [block.end.sum]] : []),
              next?.captures.resid_pre,
              ...feedForwardRefs(block, shown),
            ]),
          ]
        : [];
    case 'outputs':
    case 'inputs':
    case 'words':
      return [];
  }
}
