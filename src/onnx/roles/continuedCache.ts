// Which input of earlier keys or values an output goes on from: the one that the graph joins the new ones to.

import type { OnnxNode } from '../file/model';
import type { Graph } from '../graph/graph';
import { layoutOps } from '../graph/operations';
import { reached } from '../graph/walk';

/** Outputs of fused operators that hold all keys or values so far → the inputs that they go on from. */
const fused: Readonly<Record<string, Readonly<Record<number, number>>>> = {
  'com.microsoft:GroupQueryAttention': { 1: 3, 2: 4 },
  'com.microsoft:MultiHeadAttention': { 1: 6, 2: 7 },
  'com.microsoft:Attention': { 1: 4 },
  ':Attention': { 1: 4, 2: 5 },
};
const limit = 200;

/** The tensors that one of a node is put together from, unchanged. */
function sourcesOf(node: OnnxNode, tensor: string): string[] {
  const slot = fused[`${node.domain}:${node.op}`]?.[node.outputs.indexOf(tensor)];
  if (slot !== undefined) return [node.inputs[slot] ?? ''];
  if (node.op === 'Concat') return [...node.inputs];
  return layoutOps.has(node.op) ? node.inputs.slice(0, 1) : [];
}

/** Undefined where it goes on from none, or from several. */
export function continuedCache(graph: Graph, output: string, pasts: ReadonlySet<string>): string | undefined {
  const sources = reached(graph, [output], { limit }, (tensor) => {
    const node = graph.maker(tensor);
    return node ? sourcesOf(node, tensor) : [];
  });
  const found = [...sources].filter((tensor) => pasts.has(tensor));
  return found.length === 1 ? found[0] : undefined;
}
