// Slices of a run in the product's form, and what is derived rather than captured: head outputs, the mean of heads.
// Always fresh copies of exactly what was asked for.

import { refuse } from '../../core/problem';
import type { SliceKey } from '../../core/sliceKey';
import { headsIn, rowsOf } from '../checks/headColumns';
import { addHeadOutput, type HeadColumns, mergeDeviation, type Projection } from '../checks/outputChecks';
import { SiteReader } from '../checks/siteReader';
import { lettersOf, type PlannedCapture } from '../model/captureTable';
import type { ModelPart } from '../session/modelPart';
import { cropped, type LetteredTensor } from '../tensors/canonical';
import type { Run } from './run';

export interface OutputWeights {
  readonly projection: Projection;
  readonly columns: readonly HeadColumns[];
}

/** W_O of a site with the columns of each head; undefined where one of them is not known from this run. */
export async function outputWeights(run: Run, capture: Pick<PlannedCapture, 'part' | 'site'>): Promise<OutputWeights | undefined> {
  const { site, part } = capture;
  const linear = site?.outputProjection;
  if (!site || !linear) return undefined;
  const reader = new SiteReader({ site, part, tensors: run.tensors });
  const z = reader.activation('z', 'hqe');
  const merged = rowsOf(reader.form([linear.input]));
  const projection = merged && (await (run.model.parts[part] as ModelPart).projection(linear, merged.dims[1] as number));
  return z && merged && projection ? { projection, columns: mergeDeviation(z, merged).columns } : undefined;
}

/** z · W_O of every head [head, query, d], no bias; of one head [1, query, d]. Where W_O rounds its input, of the input as it sees it. */
async function headOutputs(run: Run, capture: PlannedCapture, head: number | undefined): Promise<LetteredTensor | undefined> {
  const { site, part } = capture;
  const weights = await outputWeights(run, capture);
  if (!site || !weights) return undefined;
  const reader = new SiteReader({ site, part, tensors: run.tensors });
  const z = reader.activation('z', 'hqe');
  const seen = site.outputProjection?.inputAsSeen && rowsOf(reader.form([site.outputProjection.inputAsSeen]));
  if (!z) return undefined;
  const values = seen ? headsIn(seen, weights.columns, z.dims[2] as number) : z;
  const [heads, rows, size] = values.dims as [number, number, number];
  const { projection, columns } = weights;
  const wanted = head === undefined ? Array.from({ length: heads }, (_, h) => h) : [head];
  const data = new Float32Array(wanted.length * rows * projection.outputSize);
  const sum = new Float64Array(projection.outputSize);
  wanted.forEach((h, i) => {
    for (let row = 0; row < rows; row++) {
      const to = (i * rows + row) * projection.outputSize;
      addHeadOutput(sum.fill(0), projection, columns[h] as HeadColumns, values.data, (h * rows + row) * size, size);
      data.set(sum, to);
    }
  });
  return { letters: 'hqd', dims: [wanted.length, rows, projection.outputSize], data };
}

/** [token, 1, d] → [token, d]: a batch of one text stands second. Undefined where the first axis is not the tokens. */
function tokensFirst(tensor: LetteredTensor | undefined, tokens: number): LetteredTensor | undefined {
  const isTurned = tensor?.letters === 'hqd' && tensor.dims[0] === tokens && tensor.dims[1] === 1;
  return isTurned ? { letters: 'qd', dims: [tokens, tensor.dims[2] as number], data: tensor.data } : undefined;
}

/** The whole capture, keys and values without copies, padding cropped; undefined where the axes did not fit. */
export function wholeCapture(run: Run, capture: PlannedCapture): LetteredTensor | undefined {
  const { site, part, key } = capture;
  const letters = lettersOf(key.activation);
  let tensor: LetteredTensor | undefined;
  if (site && letters === 'hke') {
    const shared = new SiteReader({ site, part, tensors: run.tensors }).shared(key.activation);
    tensor = typeof shared === 'string' ? undefined : shared;
  } else if (letters === 'qd') {
    const form = capture.ref && run.tensors.form(part, capture.ref);
    tensor = rowsOf(form) ?? tokensFirst(form, run.tokenCounts(capture).q);
  } else tensor = run.tensors.read(part, capture.ref, letters);
  return tensor && cropped(tensor, run.tokenCounts(capture));
}

/** Which entry of the head axis belongs to query head `head`: shared keys and values have fewer. */
function headIndex(tensor: LetteredTensor, head: number, headCount: number): number {
  const own = tensor.dims[0] as number;
  return own < headCount ? Math.floor((head * own) / headCount) : head;
}

function oneHead(tensor: LetteredTensor, head: number): LetteredTensor {
  const size = tensor.data.length / (tensor.dims[0] as number);
  return { letters: tensor.letters.slice(1), dims: tensor.dims.slice(1), data: tensor.data.slice(head * size, (head + 1) * size) };
}

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

/** What a SliceKey asks for. Problems: activationAbsent, noSuchHead. */
export async function sliceOf(run: Run, capture: PlannedCapture, key: SliceKey, headCount: number): Promise<LetteredTensor> {
  const isDerived = key.activation === 'result';
  const single = isDerived ? await headOutputs(run, capture, key.head) : undefined;
  const tensor = isDerived ? single && cropped(single, run.tokenCounts(capture)) : wholeCapture(run, capture);
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
