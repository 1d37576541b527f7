// One activation of a pass, whole, of one head, or the mean of heads; head outputs are derived rather than captured.
// Always a fresh copy of exactly what was asked for.

import { captureName } from '../../core/names';
import { refuse } from '../../core/problem';
import type { QuestionOf } from '../../core/question';
import { pack } from '../../core/tensorPack';
import type { PlannedCapture } from '../model/captureTable';
import { findCapture } from '../run/captures';
import type { Pass } from '../run/pass';
import { headCountOf, sitesOf } from '../run/passSites';
import { outputWeights, wholeCapture } from '../run/wholeCapture';
import type { LetteredTensor } from '../tensors/canonical';
import { cropped } from '../tensors/less';
import type { AnswerKind } from './answer';
import { headOutputs } from './headOutputs';
import { headIndex, oneHead } from './heads';
import { refuseUnvouched } from './vouch';

type ActivationQuestion = QuestionOf<'activation'>;

/** The mean over the heads, never renormalised. */
function headMean(tensor: LetteredTensor): LetteredTensor {
  const heads = tensor.dims[0] as number;
  const size = tensor.data.length / heads;
  const data = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    let sum = 0;
    for (let head = 0; head < heads; head++) sum += tensor.data[head * size + i] as number;
    data[i] = sum / heads;
  }
  return { letters: tensor.letters.slice(1), dims: tensor.dims.slice(1), data };
}

/** What is asked for of a capture. Problems: activationAbsent, usage (no such head). */
async function sliceOf(pass: Pass, capture: PlannedCapture, key: ActivationQuestion, headCount: number): Promise<LetteredTensor> {
  const isDerived = key.activation === 'result';
  const weights = isDerived ? await outputWeights(pass, capture) : undefined;
  const single = weights && headOutputs(pass, capture, weights, { head: key.head });
  const tensor = isDerived ? single && cropped(single, pass.tokenCounts(capture)) : wholeCapture(pass, capture);
  if (!tensor)
    return refuse('activationAbsent', {
      activation: capture.name,
      reason: isDerived ? 'the weights of the output projection could not be read' : 'the shape of the tensor is not what its place in the graph says',
    });
  const hasHeads = tensor.letters.startsWith('h');
  if (hasHeads && key.isHeadMean) return headMean(tensor);
  if (!hasHeads || key.head === undefined) return tensor;
  const index = isDerived ? 0 : headIndex(tensor, key.head, headCount);
  return index >= 0 && index < (tensor.dims[0] as number) ? oneHead(tensor, index) : refuse('usage', { detail: `There is no head ${key.head} at this site.` });
}

/** Problem activationAbsent: the model has no such activation. */
function captureFor(pass: Pass, question: ActivationQuestion): PlannedCapture {
  const { tower, layer, kind, activation } = question;
  const site = sitesOf(pass).find((one) => one.tower === tower && one.layer === layer && one.kind === kind);
  return (
    findCapture(pass, question) ??
    refuse('activationAbsent', {
      activation: captureName({ tower, layer, kind, activation }),
      reason: site?.absent[activation] ?? 'the model has no such activation',
    })
  );
}

/** Problems: activationAbsent, identityFailed and the like where it is not vouched for. */
export const activation: AnswerKind<'activation'> = {
  needs: (pass, question) => [[captureFor(pass, question)]],
  async answer(pass, question, needs, reading) {
    const [captures] = needs as [[PlannedCapture]];
    const [capture] = captures;
    const { dims, data } = await reading(captures, () => {
      refuseUnvouched(pass, capture);
      return sliceOf(pass, capture, question, capture.site ? headCountOf(pass, capture.site) : 0);
    });
    return pack([{ name: 'values', dims, data }]);
  },
};
