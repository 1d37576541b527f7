// The nodes of a linear layer, found again from its two ends.

import type { Linear } from '../facts/linear';
import type { OnnxNode } from '../file/model';
import type { Graph } from '../graph/graph';
import { having } from '../graph/operations';
import { walkUp } from '../graph/walk';

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

const plainOps = having('copy', 'reshaping');

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

const nodeLimit = 80;

/** Only the first input of these is the layer's. */
const isShaped = (node: OnnxNode) => node.op === 'Reshape' || node.op === 'Expand';

/** Undefined where the layer is not a chain between its ends. */
export function linearNodes(graph: Graph, linear: Linear): LinearNodes | undefined {
  const { sides } = graph;
  const side = sides.maker(linear.output.tensor);
  const output = side?.op === 'Add' ? (side.inputs[0] as string) : linear.output.tensor;
  const entry = entryOf(graph, linear);
  const found = new Set<OnnxNode>();
  walkUp(graph, [output], { order: 'depth' }, (node, name, go) => {
    if (found.size >= nodeLimit) return true;
    if (name === entry || graph.isConstant(name) || !node || found.has(node)) return undefined;
    found.add(node);
    return go(isShaped(node) ? node.inputs.slice(0, 1) : node.inputs);
  });
  const nodes = [...found].sort((a, b) => a.index - b.index);
  const product = nodes.find((node) => graph.linearSlot(node) !== undefined);
  return product && { product, nodes, output, ...(side?.op === 'Add' && { sideBias: side.inputs[1] as string }) };
}
