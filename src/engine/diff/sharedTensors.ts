// The floating-point tensors that two graphs have in common, in the order in which the first one computes them.

import { floatTypes, inferTypes } from '../../onnx/file/elementTypes';
import type { OnnxModel, OnnxNode } from '../../onnx/file/model';

const nameOf = ({ name, op, index }: OnnxNode) => (name === '' ? `${op} (node ${index})` : name);

export interface SharedTensor {
  readonly tensor: string;
  readonly node: string;
}

/** Without those whose type no node tells (outputs of rare operators): they may be no numbers. */
function floatsMadeIn(model: OnnxModel): SharedTensor[] {
  const types = inferTypes(model);
  const isFloat = (tensor: string) => tensor !== '' && floatTypes.has(types.get(tensor) ?? 0);
  return model.nodes.flatMap((node) => node.outputs.filter(isFloat).map((tensor) => ({ tensor, node: nameOf(node) })));
}

export function sharedTensors(first: OnnxModel, second: OnnxModel): SharedTensor[] {
  const others = new Set(floatsMadeIn(second).map(({ tensor }) => tensor));
  return floatsMadeIn(first).filter(({ tensor }) => others.has(tensor));
}
