// Who makes and who reads each tensor of a model, and which tensors are constant.

import type { OnnxModel, OnnxNode } from '../file/model';

export interface Reader {
  readonly node: OnnxNode;
  /** The place of the tensor among the node's inputs; -1 where only a graph inside the node reads it. */
  readonly slot: number;
}

export interface Links {
  readonly makers: ReadonlyMap<string, OnnxNode>;
  readonly readers: ReadonlyMap<string, readonly Reader[]>;
  readonly constants: ReadonlySet<string>;
}

/** Made from constants alone, and the same each time. */
function isConstant(node: OnnxNode, constants: ReadonlySet<string>): boolean {
  if (node.op === 'Constant') return true;
  if (node.op.startsWith('Random') || node.op === 'Bernoulli' || node.op === 'Multinomial') return false;
  return (
    node.inputs.length > 0 &&
    node.inputs.every((name) => name === '' || constants.has(name)) &&
    node.implicit.every((name) => constants.has(name)) &&
    ![...node.attributes.values()].some((attribute) => attribute.graphs.length > 0)
  );
}

export function linksOf(model: OnnxModel): Links {
  const makers = new Map<string, OnnxNode>();
  const readers = new Map<string, Reader[]>();
  const constants = new Set(model.initializers.keys());
  const addReader = (name: string, reader: Reader) => {
    const known = readers.get(name);
    if (known) known.push(reader);
    else readers.set(name, [reader]);
  };
  for (const node of model.nodes) {
    for (const name of node.outputs) if (name !== '') makers.set(name, node);
    for (const [slot, name] of node.inputs.entries()) if (name !== '') addReader(name, { node, slot });
    for (const name of node.implicit) addReader(name, { node, slot: -1 });
    if (isConstant(node, constants)) for (const name of node.outputs) constants.add(name);
  }
  return { makers, readers, constants };
}
