// Between the input of W_O, one row per token, and the heads in it.

import type { LetteredTensor } from '../tensors/canonical';
import type { HeadColumns } from './outputChecks';

/** [head, query, e] → rows [query, head · e]; tensors without heads stay as they are. Undefined for other shapes. */
export function rowsOf(tensor: LetteredTensor | undefined): LetteredTensor | undefined {
  if (!tensor) return undefined;
  if (tensor.letters === 'qd') return tensor;
  if (tensor.letters === 'qe') return { ...tensor, letters: 'qd' };
  if (tensor.letters === 'hqd' && tensor.dims[0] === 1) return { letters: 'qd', dims: tensor.dims.slice(1), data: tensor.data };
  if (tensor.letters !== 'hqe') return undefined;
  const [heads, rows, size] = tensor.dims as [number, number, number];
  const data = new Float32Array(tensor.data.length);
  for (let head = 0; head < heads; head++)
    for (let row = 0; row < rows; row++)
      data.set(tensor.data.subarray((head * rows + row) * size, (head * rows + row + 1) * size), (row * heads + head) * size);
  return { letters: 'qd', dims: [rows, heads * size], data };
}

/** Rows [query, in] → [head, query, e], each head from its columns. */
export function headsIn(rows: LetteredTensor, columns: readonly HeadColumns[], size: number): LetteredTensor {
  const [count, width] = rows.dims as [number, number];
  const data = new Float32Array(columns.length * count * size);
  let to = 0;
  for (const { start, stride } of columns)
    for (let row = 0; row < count; row++) for (let i = 0; i < size; i++) data[to++] = rows.data[row * width + start + i * stride] as number;
  return { letters: 'hqe', dims: [columns.length, count, size], data };
}
