// What every head of a site adds to one token, with W_O's bias, beside the attn_out that they are to be.

import { packHeadOutputs } from '../../core/headOutputs';
import { type Activation, captureName, siteName } from '../../core/names';
import { refuse } from '../../core/problem';
import type { QuestionOf } from '../../core/question';
import type { PlannedCapture } from '../model/captureTable';
import { captureAt } from '../run/captures';
import type { Pass } from '../run/pass';
import { sitesOf } from '../run/passSites';
import { outputWeights, wholeCapture } from '../run/wholeCapture';
import type { LetteredTensor } from '../tensors/canonical';
import type { AnswerKind } from './answer';
import { headOutputs } from './headOutputs';
import { refuseUnvouched } from './vouch';

type HeadOutputsQuestion = QuestionOf<'headOutputs'>;

const needed: readonly Activation[] = ['result', 'z', 'attn_out'];

/** One query of a tensor [head, query, x], all heads: [head, x]. */
function atQuery({ dims, data }: LetteredTensor, query: number): Float32Array {
  const [heads, queries, size] = dims as [number, number, number];
  const taken = new Float32Array(heads * size);
  for (let head = 0; head < heads; head++) taken.set(data.subarray((head * queries + query) * size, (head * queries + query + 1) * size), head * size);
  return taken;
}

/** One row of a tensor [query, d]. */
function rowAt(tensor: LetteredTensor | undefined, query: number): Float32Array | undefined {
  const width = tensor?.dims[1] as number;
  return tensor?.data.slice(query * width, (query + 1) * width);
}

/** Problem activationAbsent: one of them cannot be had of this model. */
function capturesFor(pass: Pass, question: HeadOutputsQuestion): PlannedCapture[] {
  const site = sitesOf(pass).find((one) => siteName(one) === siteName(question));
  const found = needed.map((activation) => {
    const reason = site?.absent[activation] ?? 'the model has no such activation';
    return captureAt(pass, question, activation) ?? refuse('activationAbsent', { activation: captureName({ ...question, activation }), reason });
  });
  const residPre = captureAt(pass, question, 'resid_pre');
  return residPre?.ref ? [...found, residPre] : found;
}

/** Problems: activationAbsent, noSuchToken; identityFailed and the like where the site is not vouched for. */
export const headOutputsAt: AnswerKind<'headOutputs'> = {
  needs: (pass, question) => [capturesFor(pass, question)],
  async answer(pass, { query }, needs, reading) {
    const [captures] = needs as [PlannedCapture[]];
    return reading(captures, async () => {
      for (const capture of captures) refuseUnvouched(pass, capture);
      const [result, z, attnOut, residPre] = captures as [PlannedCapture, PlannedCapture, PlannedCapture, PlannedCapture | undefined];
      const count = pass.tokenCounts(z).q;
      if (query < 0 || query >= count) refuse('noSuchToken', { token: query, last: count - 1 });
      const weights = await outputWeights(pass, result);
      const outputs = weights && headOutputs(pass, result, weights, { query });
      const [mixes, sum] = [wholeCapture(pass, z), wholeCapture(pass, attnOut)];
      if (!outputs || !mixes || !sum || !weights)
        return refuse('activationAbsent', { activation: result.name, reason: 'the weights of the output projection could not be read' });
      const { bias } = weights.projection;
      const stream = residPre && rowAt(wholeCapture(pass, residPre), query);
      return packHeadOutputs({
        headCount: mixes.dims[0] as number,
        z: atQuery(mixes, query),
        results: outputs.data as Float32Array,
        attnOut: rowAt(sum, query) as Float32Array,
        ...(bias && { bias }),
        ...(stream && { residPre: stream }),
      });
    });
  },
};
