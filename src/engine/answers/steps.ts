// The numbers of one query token of one head, from q·k to z and what z brings to the stream. The stages are those that check 1 runs.

import { norm } from '../../core/arithmetic';
import { type Activation, captureName, siteName } from '../../core/names';
import { refuse } from '../../core/problem';
import { packSteps, type Stage, type StageOp, type StepsNumbers } from '../../core/steps';
import type { ScoreStep, Site } from '../../onnx/facts/site';
import { addHeadOutput } from '../checks/outputChecks';
import { type NumericStep, numericStep, scoreProgram, stepFits } from '../checks/scoreProgram';
import type { SiteReader } from '../checks/siteReader';
import { dot } from '../checks/weightedRows';
import type { PlannedCapture } from '../model/captureTable';
import { captureAt } from '../run/captures';
import { sitesOf } from '../run/passSites';
import { type OutputWeights, outputWeights } from '../run/wholeCapture';
import type { AnswerKind } from './answer';
import { headOutputs } from './headOutputs';
import { RowOfSite } from './rowOfSite';
import { refuseUnvouched } from './vouch';

/** What is read of the site, as far as it is there. */
const read: readonly Activation[] = ['pattern', 'scores', 'q', 'k', 'rot_q', 'rot_k', 'v', 'z', 'result', 'attn_out'];

const opOf = (step: ScoreStep): StageOp => (step.op !== 'add' ? step.op : step.role === 'unknown' ? 'added' : step.role);

/** The steps with their numbers; undefined where one of them cannot be had or does not fit the scores. */
function numericSteps(site: Site, reader: SiteReader): NumericStep[] | undefined {
  const scores = reader.activation('scores', 'hqk');
  const steps = site.scoreSteps?.map((step) => numericStep(step, reader));
  if (!scores || !steps?.every((step) => step !== undefined && stepFits(step, scores))) return undefined;
  return steps as NumericStep[];
}

/** q·k and the row after each step; empty where one of them is not known. */
function stagesOf(row: RowOfSite): Stage[] {
  const { site } = row.capture;
  const { head, query } = row.question;
  const [q, k, steps] = [row.ofQuery('rot_q') ?? row.ofQuery('q'), row.ofKeys('rot_k') ?? row.ofKeys('k'), numericSteps(site, row.reader)];
  if (!q || !k || !steps) return [];
  const stages: Stage[] = [];
  const values = Float64Array.from({ length: row.keys }, (_, key) => dot(q, 0, k, key * q.length, q.length));
  scoreProgram(steps, (index, after) => {
    const step = steps[index];
    const by = step && 'by' in step ? step.by : undefined;
    const terms = step && (step.op === 'add' || step.op === 'where') ? termsOf(step, row) : undefined;
    const op = step ? opOf(site.scoreSteps?.[index] as ScoreStep) : 'product';
    stages.push({ op, values: Float32Array.from(after), ...(by !== undefined && { by }), ...(terms && { terms }) });
  })(values, head, query);
  return stages;
}

/** What the step gives for zeros: what it adds, or what it puts in their place. */
function termsOf(step: NumericStep, { keys, question }: RowOfSite): Float32Array {
  const zeros = new Float64Array(keys);
  scoreProgram([step])(zeros, question.head, question.query);
  return Float32Array.from(zeros);
}

/** [key] ‖v · W_O‖ of the head; undefined where a gate of each query stands between, so that a value alone says nothing. */
function outNormsOf({ capture, question }: RowOfSite, weights: OutputWeights, v: Float32Array, size: number): Float32Array | undefined {
  const columns = weights.columns[question.head];
  if (capture.site.outputProjection?.isMultiplied || !columns) return undefined;
  const sum = new Float64Array(weights.projection.outputSize);
  return Float32Array.from({ length: v.length / size }, (_, key) => {
    addHeadOutput(sum.fill(0), weights.projection, columns, v, key * size, size);
    return norm(sum);
  });
}

async function numbersOf(row: RowOfSite): Promise<StepsNumbers> {
  const { reader, capture } = row;
  const [z, v] = [row.ofQuery('z'), row.ofKeys('v')];
  const size = z?.length ?? 0;
  const sink = capture.site.sink && reader.form(capture.site.sink);
  const weightsOfOutput = size > 0 ? await outputWeights(row.pass, capture) : undefined;
  const numbers = {
    scores: row.overKeys(reader.activation('scores', 'hqk')),
    mixed: capture.site.patternAsMixed && row.overKeys(reader.patternAsMixed()),
    sink: sink?.data[sink.data.length === 1 ? 0 : row.question.head],
    q: row.ofQuery('rot_q') ?? row.ofQuery('q'),
    k: row.ofKeys('rot_k') ?? row.ofKeys('k'),
    v,
    z,
    outNorms: v && weightsOfOutput && outNormsOf(row, weightsOfOutput, v, size),
    result: weightsOfOutput && headOutputs(row.pass, capture, weightsOfOutput, row.question)?.data,
  };
  const weights = row.overKeys(reader.activation('pattern', 'hqk')) ?? new Float32Array(row.keys);
  return { ...Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== undefined)), weights, stages: stagesOf(row) };
}

/** Problems: activationAbsent, usage, noSuchToken; identityFailed and the like where the site is not vouched for. */
export const steps: AnswerKind<'steps'> = {
  needs(pass, question) {
    const site = sitesOf(pass).find((one) => siteName(one) === siteName(question));
    const captures = read.flatMap((activation) => captureAt(pass, question, activation) ?? []);
    if (site && captures.some(({ key }) => key.activation === 'pattern')) return [captures];
    const reason = site?.absent.pattern ?? 'the model has no such attention';
    return refuse('activationAbsent', { activation: captureName({ ...question, activation: 'pattern' }), reason });
  },
  async answer(pass, question, needs, reading) {
    const [captures] = needs as [PlannedCapture[]];
    return reading(captures, async () => {
      for (const capture of captures) refuseUnvouched(pass, capture);
      const [capture] = captures as [PlannedCapture & { site: Site }];
      const row = new RowOfSite(pass, capture, question);
      row.refuseOutside();
      return packSteps(await numbersOf(row));
    });
  },
};
