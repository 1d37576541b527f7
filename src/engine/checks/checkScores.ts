// Identity 1 of a site: its own steps, applied to its own q·kᵀ, give its scores; what was rotated is what stands as q and k.

import type { Site } from '../../onnx/facts/site';
import type { LetteredTensor } from '../tensors/canonical';
import { scoresDeviation } from './attentionChecks';
import type { DeviationSize } from './deviation';
import { worse } from './outputChecks';
import { rotationDeviation } from './rotationCheck';
import { type NumericStep, numericStep, stepFits } from './scoreProgram';
import { type Measured, type SiteReader, sizesFit, unboundedSize } from './siteReader';

/** A reason where a tensor or a step cannot be had. */
export function checkScores(site: Site, reader: SiteReader): Measured {
  if (!site.scoreSteps) return site.whyUnchecked ?? 'the steps from q·kᵀ to scores cannot be isolated';
  const q = reader.activation('rot_q', 'hqe') ?? reader.activation('q', 'hqe');
  const k = reader.shared('rot_k') ?? reader.shared('k');
  const scores = reader.activation('scores', 'hqk');
  if (!q || !k || !scores) return site.absent.q ?? site.absent.k ?? site.absent.scores ?? 'q, k or scores were not captured';
  if (typeof k === 'string') return unboundedSize;
  const steps = site.scoreSteps.map((step) => numericStep(step, reader));
  if (steps.some((step) => step === undefined)) return 'a term that is added to the scores could not be read';
  const known = steps as NumericStep[];
  if (!known.every((step) => stepFits(step, scores))) return 'a term that is added to the scores has another shape';
  if (!sizesFit(q, scores, k)) return unboundedSize;
  const turned = worse(rotation(reader.activation('q', 'hqe'), reader.activation('rot_q', 'hqe')), rotation(reader.shared('k'), reader.shared('rot_k')));
  const product = scoresDeviation(q, k, known, scores);
  return turned.cells > 0 && turned.relative > product.relative ? { ...product, absolute: turned.absolute, relative: turned.relative } : product;
}

/** Whether what stands as queries or keys before the rotation is what was rotated; nothing where the model has none. */
function rotation(plain: LetteredTensor | string | undefined, rotated: LetteredTensor | string | undefined): DeviationSize {
  if (!plain || !rotated || typeof plain === 'string' || typeof rotated === 'string') return { absolute: 0, relative: 0, cells: 0 };
  return plain.data.length === rotated.data.length ? rotationDeviation(plain, rotated) : unboundedSize;
}
