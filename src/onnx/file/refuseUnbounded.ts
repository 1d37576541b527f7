// The bounds of a whole file, also of what stands inside If, Loop, Scan and functions: the runtime builds those up as it does the main graph.

import { refuse } from '../../core/problem';
import { elementBits } from './elementTypes';
import { everyPart } from './everyPart';
import { nodeLimit, partLimit } from './graphParts';
import type { TensorPart } from './messages/parts';

/** Problems: onnxTooLarge (too many operations or weights, a weight beyond all memory), notOnnx (sizes that contradict each other). Throws WireError. */
export function refuseUnbounded(bytes: Uint8Array, file: string): void {
  let nodes = 0;
  let tensors = 0;
  everyPart(bytes, {
    node: () => {
      if (++nodes > nodeLimit) refuse('onnxTooLarge', { file, reason: `it has more than ${nodeLimit} operations` });
    },
    tensor: (tensor) => {
      if (++tensors > partLimit) refuse('onnxTooLarge', { file, reason: `it has more than ${partLimit} weights` });
      refuseSize(tensor, file);
      return undefined;
    },
  });
}

/** Dimensions and payload of a weight must agree: the runtime is never handed sizes that are made up. */
function refuseSize(tensor: TensorPart, file: string): void {
  const name = tensor.name.slice(0, 80);
  if (tensor.dims.some((dim) => dim < 0)) refuse('notOnnx', { file, reason: `the weight "${name}" has a negative dimension` });
  const count = tensor.dims.reduce((product, dim) => product * dim, 1);
  if (!(count < 2 ** 46)) refuse('onnxTooLarge', { file, reason: `the weight "${name}" has ${count} numbers` });
  const bits = elementBits(tensor.type);
  const size = tensor.raw && tensor.raw.to - tensor.raw.from;
  if (bits === undefined || size === undefined || tensor.external) return;
  if (size !== Math.ceil((count * bits) / 8)) refuse('notOnnx', { file, reason: `the weight "${name}" should have ${count} numbers and has ${size} bytes` });
}
