// The nodes of a linear layer, found again from its two ends.

import type { Linear } from '../facts/linear';
import type { OnnxNode } from '../file/model';
import type { Graph } from '../graph/graph';

export interface LinearNodes {
  /** The product with the weights. */
  readonly product: OnnxNode;
  /** From input to output; nodes that only make constants are not among them. */
  readonly nodes: readonly OnnxNode[];
  /** The output within the model's own graph. */
  readonly output: string;
  /** A bias that a side node adds. */
  readonly sideBias?: string;
}

const plainOps = new Set(['Reshape', 'Squeeze', 'Unsqueeze', 'Identity', 'Cast', 'Flatten', 'Dropout']);

/** Whether a layer is one product with weights and a bias, behind what keeps the order of its numbers. */
export function isPlainSpelling(graph: Graph, { product, nodes }: LinearNodes): boolean {
  const isBias = (node: OnnxNode) => node.op === 'Add' && node.inputs.some((name) => graph.isConstant(name));
  return nodes.every((node) => node === product || plainOps.has(node.op) || isBias(node));
}

/** Where the layer begins in the model's own graph: what it sees, unless that is made beside the graph. */
export function entryOf(graph: Graph, linear: Linear): string {
  const seen = linear.inputAsSeen?.tensor;
  return seen !== undefined && graph.maker(seen) ? seen : linear.input.tensor;
}

/** Undefined where the layer is not a chain between its ends. */
export function linearNodes(graph: Graph, linear: Linear): LinearNodes | undefined {
  const { sides } = graph.model;
  const side = sides.maker(linear.output.tensor);
  const output = side?.op === 'Add' ? (side.inputs[0] as string) : linear.output.tensor;
  const entry = entryOf(graph, linear);
  const found = new Set<OnnxNode>();
  const queue = [output];
  for (let name = queue.pop(); name !== undefined && found.size < 80; name = queue.pop()) {
    const node = graph.maker(name);
    if (name === entry || graph.isConstant(name) || !node || found.has(node)) continue;
    found.add(node);
    const isShaped = node.op === 'Reshape' || node.op === 'Expand';
    queue.push(...(isShaped ? node.inputs.slice(0, 1) : node.inputs).filter((input) => input !== ''));
  }
  const nodes = [...found].sort((a, b) => a.index - b.index);
  const product = nodes.find((node) => graph.linearSlot(node) !== undefined);
  return product && { product, nodes, output, ...(side?.op === 'Add' && { sideBias: side.inputs[1] as string }) };
}
