// Dimensions of tensors as far as they follow from the file: enough to know ranks and which tensors hold a single number.
// A dimension that varies is undefined; a tensor whose rank is unknown has no entry.

import type { OnnxModel } from '../../file/model';
import type { SmallConstant } from '../arrangedConstants';
import type { Dims } from './dims';
import { shapeRules } from './rules';

/** Dimensions of every tensor whose rank follows. */
export function inferShapes(model: OnnxModel, constant: (name: string) => SmallConstant | undefined): Map<string, Dims> {
  const shapes = new Map<string, Dims>();
  for (const tensor of model.initializers.values()) shapes.set(tensor.name, tensor.dims);
  for (const input of model.inputs)
    if (input.dims)
      shapes.set(
        input.name,
        input.dims.map((dim) => (typeof dim === 'number' && dim > 0 ? dim : undefined)),
      );
  for (const node of model.nodes) {
    const lookup = (slot: number) => shapes.get(node.inputs[slot] ?? '');
    const constants = (slot: number) => constant(node.inputs[slot] ?? '')?.numbers;
    const value =
      node.op === 'Constant'
        ? (node.attributes.get('value')?.tensor?.dims ?? constant(node.outputs[0] ?? '')?.dims)
        : shapeRules.get(node.op)?.({ node, first: lookup(0), lookup, constants });
    if (!value || value.length > 16) continue;
    if (node.op.endsWith('EmbedLayerNormalization') && node.outputs[1]) shapes.set(node.outputs[1], [undefined]);
    const isSplit = node.op === 'Split' || node.op === 'DynamicQuantizeLinear';
    node.outputs.forEach((name, i) => {
      if (name !== '' && (i === 0 || node.op === 'Split')) shapes.set(name, value);
      else if (isSplit && name !== '') shapes.set(name, []);
    });
  }
  return shapes;
}
