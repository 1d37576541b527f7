// From a tensor back to the single tensors through which all of its text flows, over operations that go row by row: no linear layer, no
// product of two texts, no attention, no table of embeddings.

import { isComputable } from '../evaluation/evaluate';
import type { OnnxNode } from '../file/model';
import type { Graph } from '../graph/graph';
import { attentionOps, fusedSums, recurrentOps } from '../graph/operations';
import { hiddenSum } from '../graph/reconvergence';
import { walkUp } from '../graph/walk';

/** A tensor that everything in `tensor` comes through. */
export interface Entry {
  readonly entry: string;
  /** All nodes between, nearest to the end first. */
  readonly nodes: readonly OnnxNode[];
  /** Whether the text went several ways since the entry before this one. */
  readonly isJoined: boolean;
}

const nodeLimit = 80;

/** Inputs of text; of a fused sum and its norm the sum. */
function textInputs(graph: Graph, node: OnnxNode): readonly string[] {
  return fusedSums.has(node.op) ? [hiddenSum(graph, node)] : graph.contentInputs(node);
}

/** Whether rows go through the node each on its own, as far as its kind tells. */
function isPassable(graph: Graph, node: OnnxNode): boolean {
  if (!isComputable(node) || graph.linearSlot(node) !== undefined || graph.isProduct(node)) return false;
  if (attentionOps.has(node.op) || recurrentOps.has(node.op) || node.op === 'Shape') return false;
  return node.op !== 'Gather' || !graph.isContent(node.inputs[1] ?? '');
}

/** Single tensors behind `tensor`, nearest first. */
export function* entriesBehind(graph: Graph, tensor: string, isAllowed = (node: OnnxNode) => isPassable(graph, node)): Generator<Entry> {
  const frontier = new Set([tensor]);
  const nodes: OnnxNode[] = [];
  let isJoined = false;
  while (nodes.length < nodeLimit && frontier.size > 0) {
    graph.spend();
    let next: OnnxNode | undefined;
    for (const name of frontier) {
      const node = graph.maker(name);
      if (!node) return;
      if (next === undefined || node.index > next.index) next = node;
    }
    // A sum that is given beside its norm is made from two.
    const isSum = next?.op.startsWith('Skip') === true && next.outputs.slice(1).some((name) => frontier.has(name));
    if (!next || isSum || !isAllowed(next)) return;
    for (const name of next.outputs) frontier.delete(name);
    for (const name of textInputs(graph, next)) frontier.add(name);
    nodes.push(next);
    if (frontier.size > 1) isJoined = true;
    const [entry] = frontier;
    if (frontier.size !== 1 || entry === undefined) continue;
    yield { entry, nodes: [...nodes], isJoined };
    isJoined = false;
  }
}

/** The nodes between some tensors and one that is made from them row by row; undefined where other text takes part. */
export function nodesBetween(graph: Graph, ends: ReadonlySet<string>, tensor: string): readonly OnnxNode[] | undefined {
  const nodes = new Set<OnnxNode>();
  const stop = walkUp(graph, [tensor], { order: 'depth' }, (node, name, go) => {
    if (ends.has(name)) return undefined;
    if (!node || nodes.size >= nodeLimit || !isPassable(graph, node)) return true;
    nodes.add(node);
    return go(textInputs(graph, node));
  });
  return stop ? undefined : [...nodes];
}
