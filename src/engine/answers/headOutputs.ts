// What heads add to the stream: derived from z and W_O rather than captured.

import { headsIn, rowsOf } from '../checks/headColumns';
import { addHeadOutput, type HeadColumns } from '../checks/outputChecks';
import { SiteReader } from '../checks/siteReader';
import type { PlannedCapture } from '../model/captureTable';
import type { Pass } from '../run/pass';
import type { OutputWeights } from '../run/wholeCapture';
import type { LetteredTensor } from '../tensors/canonical';

/** One head, or one query token; undefined: all of them. */
interface Which {
  readonly head?: number | undefined;
  readonly query?: number;
}

const allOf = (count: number) => Array.from({ length: count }, (_, i) => i);

/** z · W_O [head, query, d] of what is asked for, no bias. Where W_O rounds its input, of the input as it sees it. */
export function headOutputs(
  pass: Pass,
  { site, part }: Pick<PlannedCapture, 'part' | 'site'>,
  weights: OutputWeights,
  which: Which,
): LetteredTensor | undefined {
  if (!site) return undefined;
  const reader = new SiteReader({ site, part, tensors: pass.tensors });
  const z = reader.activation('z', 'hqe');
  const seen = site.outputProjection?.inputAsSeen && rowsOf(reader.form([site.outputProjection.inputAsSeen]));
  if (!z) return undefined;
  const values = seen ? headsIn(seen, weights.columns, z.dims[2] as number) : z;
  const [heads, rows, size] = values.dims as [number, number, number];
  const { projection, columns } = weights;
  const wanted = which.head === undefined ? allOf(heads) : [which.head];
  const queries = which.query === undefined ? allOf(rows) : [which.query];
  const data = new Float32Array(wanted.length * queries.length * projection.outputSize);
  const sum = new Float64Array(projection.outputSize);
  let to = 0;
  for (const head of wanted)
    for (const query of queries) {
      addHeadOutput(sum.fill(0), projection, columns[head] as HeadColumns, values.data, (head * rows + query) * size, size);
      data.set(sum, to);
      to += projection.outputSize;
    }
  return { letters: 'hqd', dims: [wanted.length, queries.length, projection.outputSize], data };
}
