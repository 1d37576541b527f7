// What heads add to the stream: derived from z and W_O rather than captured.

import { headsIn, rowsOf } from '../checks/headColumns';
import { addHeadOutput, type HeadColumns } from '../checks/outputChecks';
import { SiteReader } from '../checks/siteReader';
import type { PlannedCapture } from '../model/captureTable';
import type { Pass } from '../run/pass';
import { outputWeights } from '../run/wholeCapture';
import type { LetteredTensor } from '../tensors/canonical';

/** z · W_O of every head [head, query, d], no bias; of one head [1, query, d]. Where W_O rounds its input, of the input as it sees it. */
export async function headOutputs(pass: Pass, capture: Pick<PlannedCapture, 'part' | 'site'>, head: number | undefined): Promise<LetteredTensor | undefined> {
  const { site, part } = capture;
  const weights = await outputWeights(pass, capture);
  if (!site || !weights) return undefined;
  const reader = new SiteReader({ site, part, tensors: pass.tensors });
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
