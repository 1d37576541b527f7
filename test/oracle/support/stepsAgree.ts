// The steps of every head and query of a capture, and what the heads add, held against the tensors that the references have judged.

import { norm } from '../../../src/core/arithmetic';
import { captureName, type SiteActivation } from '../../../src/core/names';
import type { RunSite } from '../../../src/core/run';
import type { StepsNumbers } from '../../../src/core/steps';
import { outputsModel } from '../../../src/present/outputs/outputsModel';
import { type StepsModel, stepsModel } from '../../../src/present/steps/stepsModel';
import type { Captured } from './inProcess';

/** Of the largest number: what float32 sums of some hundred terms are apart; more where weights or inputs are rounded on the way. */
const tolerance = 2e-3;

function rowOf({ tensors }: Captured, { tower, layer, kind }: RunSite, activation: SiteActivation, head: number, query: number): Float32Array | undefined {
  const tensor = tensors.get(captureName({ tower, layer, kind, activation }));
  const [, queries, width] = (tensor?.dims ?? []) as [number, number, number];
  return tensor?.data.slice((head * queries + query) * width, (head * queries + query + 1) * width);
}

const isSame = (a: Float32Array | undefined, b: Float32Array | undefined) => a?.length === b?.length && (a ?? []).every((value, i) => Object.is(value, b?.[i]));

/** What is wrong with one row, in words. */
function wrongIn(captured: Captured, site: RunSite, head: number, query: number, numbers: StepsNumbers, model: StepsModel): string[] {
  const own = (activation: SiteActivation) => rowOf(captured, site, activation, head, query);
  const rotated = own('rot_q') ?? own('q');
  const pairs = [
    ...(rotated ? [['q', numbers.q, rotated] as const] : []),
    ['weights', numbers.weights, own('pattern')],
    ['scores', numbers.scores, own('scores')],
    ['z', numbers.z, own('z')],
    ['result', numbers.result, own('result')],
  ] as const;
  const silent = !numbers.weights.every(Number.isFinite);
  // A row that reads one key alone gives that key's value behind W_O.
  const only = numbers.weights.findIndex((weight) => weight > 0.9999);
  const [outNorm, resultNorm] = [numbers.outNorms?.[only], numbers.result && norm(numbers.result)];
  const isOff = outNorm !== undefined && resultNorm !== undefined && Math.abs(outNorm - resultNorm) > 0.02 * resultNorm;
  return [
    ...(isOff ? [`‖v·W_O‖ is ${outNorm}, not ${resultNorm}`] : []),
    ...pairs.filter(([, a, b]) => !isSame(a, b)).map(([name]) => `${name} is not that of the capture`),
    ...(!silent && own('v') && own('z') && !((model.ofSum?.relative ?? 1) <= tolerance) ? [`the sum is off z by ${model.ofSum?.relative}`] : []),
    ...(own('scores') && numbers.stages.length > 0 && !((model.ofScores?.relative ?? 1) <= tolerance)
      ? [`the last stage is off the scores by ${model.ofScores?.relative}`]
      : []),
  ];
}

/** Of all heads and queries of all sites that are open. */
export async function wrongSteps(captured: Captured): Promise<string[]> {
  const wrong: string[] = [];
  const open = captured.sites.filter((site) => site.closedBecause === undefined && rowOf(captured, site, 'pattern', 0, 0));
  for (const site of open) {
    const { dims } = captured.tensors.get(captureName({ tower: site.tower, layer: site.layer, kind: site.kind, activation: 'pattern' })) as {
      dims: readonly number[];
    };
    for (let head = 0; head < (dims[0] as number); head++)
      for (let query = 0; query < (dims[1] as number); query++) {
        const numbers = await captured.steps(site, head, query);
        const model = stepsModel({ numbers, query, isCausal: site.isCausal === true && site.kind === 'self' });
        wrong.push(
          ...wrongIn(captured, site, head, query, numbers, model).map(
            (what) => `${site.tower}.${site.layer}.${site.kind} head ${head} query ${query}: ${what}`,
          ),
        );
      }
  }
  return wrong.slice(0, 6);
}

/** Of all queries of all sites that are open: the parts are those of the capture, and add up to attn_out. */
export async function wrongOutputs(captured: Captured): Promise<string[]> {
  const wrong: string[] = [];
  for (const site of captured.sites.filter((one) => one.closedBecause === undefined && rowOf(captured, one, 'result', 0, 0))) {
    const attnOut = captured.tensors.get(captureName({ tower: site.tower, layer: site.layer, kind: site.kind, activation: 'attn_out' }));
    const [queries = 0, width = 0] = attnOut?.dims ?? [];
    for (let query = 0; query < queries; query++) {
      const outputs = await captured.headOutputs(site, query);
      const isOwn = outputs && isSame(outputs.attnOut, attnOut?.data.slice(query * width, (query + 1) * width));
      const heads = Array.from({ length: outputs?.headCount ?? 0 }, (_, head) => head);
      const areOwn = heads.every((head) => isSame(outputs?.results.slice(head * width, (head + 1) * width), rowOf(captured, site, 'result', head, query)));
      const residPre = captured.tensors.get(captureName({ tower: site.tower, layer: site.layer, activation: 'resid_pre' }));
      const hasRest =
        heads.every((head) =>
          isSame(
            outputs?.z.slice((head * (outputs?.z.length ?? 0)) / heads.length, ((head + 1) * (outputs?.z.length ?? 0)) / heads.length),
            rowOf(captured, site, 'z', head, query),
          ),
        ) &&
        (!outputs?.residPre || isSame(outputs.residPre, residPre?.data.slice(query * outputs.residPre.length, (query + 1) * outputs.residPre.length)));
      const model = outputs && outputsModel(outputs);
      const fits = model && model.deviation <= 2e-2 && Math.abs((model.shareSum ?? 1) - 1) <= 2e-2;
      if (!isOwn || !areOwn || !hasRest || !fits)
        wrong.push(
          `${site.tower}.${site.layer}.${site.kind} query ${query}: own ${isOwn}, ${areOwn}, ${hasRest}, off by ${model?.deviation}, shares ${model?.shareSum}`,
        );
    }
  }
  return wrong.slice(0, 6);
}
