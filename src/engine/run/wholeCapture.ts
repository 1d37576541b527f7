// A whole capture in the product's form, and the weights that turn head mixes into head outputs.

import { rowsOf } from '../checks/headColumns';
import { type HeadColumns, mergeDeviation, type Projection } from '../checks/outputChecks';
import { SiteReader } from '../checks/siteReader';
import { lettersOf, type PlannedCapture } from '../model/captureTable';
import type { ModelPart } from '../session/modelPart';
import type { LetteredTensor } from '../tensors/canonical';
import { cropped } from '../tensors/less';
import { fillerOf } from '../tensors/runTensors';
import type { Pass } from './pass';

export interface OutputWeights {
  readonly projection: Projection;
  readonly columns: readonly HeadColumns[];
}

/** W_O of a site with the columns of each head; undefined where one of them is not known from this pass. */
export async function outputWeights(pass: Pass, capture: Pick<PlannedCapture, 'part' | 'site'>): Promise<OutputWeights | undefined> {
  const { site, part } = capture;
  const linear = site?.outputProjection;
  if (!site || !linear) return undefined;
  const reader = new SiteReader({ site, part, tensors: pass.tensors });
  const z = reader.activation('z', 'hqe');
  const merged = rowsOf(reader.form([linear.input]));
  const projection = merged && (await (pass.model.parts[part] as ModelPart).projection(linear, merged.dims[1] as number));
  return z && merged && projection ? { projection, columns: mergeDeviation(z, merged).columns } : undefined;
}

/** [token, 1, d] → [token, d]: a batch of one text stands second. Undefined where the first axis is not the tokens. */
function tokensFirst(tensor: LetteredTensor | undefined, tokens: number): LetteredTensor | undefined {
  const isTurned = tensor?.letters === 'hqd' && tensor.dims[0] === tokens && tensor.dims[1] === 1;
  return isTurned ? { letters: 'qd', dims: [tokens, tensor.dims[2] as number], data: tensor.data } : undefined;
}

/** The whole capture, keys and values without copies, padding cropped; undefined where the axes did not fit. */
export function wholeCapture(pass: Pass, capture: PlannedCapture): LetteredTensor | undefined {
  const { site, part, key } = capture;
  const letters = lettersOf(key.activation);
  let tensor: LetteredTensor | undefined;
  if (site && letters === 'hke') {
    const shared = new SiteReader({ site, part, tensors: pass.tensors }).shared(key.activation);
    tensor = typeof shared === 'string' ? undefined : shared;
  } else if (letters === 'qd') {
    const form = capture.ref && pass.tensors.form(part, capture.ref);
    tensor = rowsOf(form) ?? tokensFirst(form, pass.tokenCounts(capture).q);
  } else tensor = pass.tensors.read(part, capture.ref, letters, fillerOf(key.activation));
  return tensor && cropped(tensor, pass.tokenCounts(capture));
}
