// Stretches of a graph that split one tensor into several paths and join them again: rotary encoding, re-arrangements.
// Found by walking up from where they join; classified by what they contain, never by names.

import type { OnnxNode } from '../file/model';
import type { Graph } from './graph';
import { layoutOps, roundingOps } from './operations';

export interface Reconvergence {
  /** The one tensor of text through which everything in the block flows. */
  readonly entry: string;
  /** In reverse order of computation. */
  readonly nodes: readonly OnnxNode[];
  readonly kind: 'rotary' | 'layout' | 'other';
}

const linearOps = new Set(['Mul', 'Add', 'Sub', 'Neg', 'Concat', 'ScatterND', 'ScatterElements', 'Where', 'GatherElements', 'GatherND', 'Pad', 'Div']);
const nodeLimit = 80;

/** Whether a tensor holds a single number. */
export function isScalar(graph: Graph, tensor: string): boolean {
  const shape = graph.shapes.get(tensor);
  return shape?.every((dim) => dim === 1) ?? false;
}

function classify(graph: Graph, nodes: readonly OnnxNode[]): Reconvergence['kind'] {
  const turning = nodes.filter((node) => node.op === 'Mul' && node.inputs.some((name) => !graph.isContent(name) && !isScalar(graph, name)));
  if (turning.length >= 2 && nodes.every((node) => node.op !== 'Div')) return 'rotary';
  return nodes.every((node) => layoutOps.has(node.op) || node.op === 'Concat' || node.op === 'Neg' || node.op === 'Pad') ? 'layout' : 'other';
}

/**
 * The block that ends in `tensor`: nearest tensor through which all of its text flows. Undefined where the paths do not meet before
 * an operation that belongs to no such block (a linear layer, a product), or where there is only one path.
 */
export function reconvergenceAt(graph: Graph, tensor: string): Reconvergence | undefined {
  const frontier = new Set([tensor]);
  const nodes: OnnxNode[] = [];
  let isSplit = false;
  while (nodes.length < nodeLimit) {
    graph.spend();
    const makers = [...frontier].map((name) => graph.maker(name));
    if (makers.some((node) => node === undefined)) return undefined;
    const next = (makers as OnnxNode[]).reduce((last, node) => (node.index > last.index ? node : last));
    if (!layoutOps.has(next.op) && !roundingOps.has(next.op) && !linearOps.has(next.op)) return undefined;
    for (const name of next.outputs) frontier.delete(name);
    for (const name of graph.contentInputs(next)) frontier.add(name);
    nodes.push(next);
    if (frontier.size > 1) isSplit = true;
    const [only] = frontier;
    if (frontier.size === 0 || only === undefined) return undefined;
    if (frontier.size === 1 && isSplit) return { entry: only, nodes, kind: classify(graph, nodes) };
    if (frontier.size === 1 && !isSplit && nodes.length > 4) return undefined;
  }
  return undefined;
}

/** The sum inside a fused Add + norm: an optional output, asked for where the file does not have it. */
export function hiddenSum(graph: Graph, node: OnnxNode): string {
  return node.outputs[3] || graph.sides.edit({ node: node.index, slot: 3 }, graph.types.get(node.inputs[0] ?? ''));
}
