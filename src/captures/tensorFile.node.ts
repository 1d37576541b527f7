// Which form a file of tensors has, by the ending of its name.

import { refuse } from '../core/problem';
import { writeNpz } from './npzFile.node';
import { writeSafetensors } from './safetensorsFile.node';
import type { TensorWriter } from './tensorSource';

const writers: readonly (readonly [RegExp, TensorWriter])[] = [
  [/\.safetensors$/i, writeSafetensors],
  [/\.npz$/i, writeNpz],
];

/** Problem: usage (another ending). */
export function tensorWriter(path: string): TensorWriter {
  const found = writers.find(([ending]) => ending.test(path));
  return found?.[1] ?? refuse('usage', { detail: `--out takes a name that ends in .safetensors or in .npz, not "${path}".` });
}
