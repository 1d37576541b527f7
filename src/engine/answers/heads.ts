// One head of a tensor with a head axis.

import type { LetteredTensor } from '../tensors/canonical';

/** Which entry of the head axis belongs to query head `head`: shared keys and values have fewer. */
export function headIndex(tensor: LetteredTensor, head: number, headCount: number): number {
  const own = tensor.dims[0] as number;
  return own < headCount ? Math.floor((head * own) / headCount) : head;
}

export function oneHead(tensor: LetteredTensor, head: number): LetteredTensor {
  const size = tensor.data.length / (tensor.dims[0] as number);
  return { letters: tensor.letters.slice(1), dims: tensor.dims.slice(1), data: tensor.data.slice(head * size, (head + 1) * size) };
}
