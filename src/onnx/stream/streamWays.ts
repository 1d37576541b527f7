// Ways of the residual stream past an addition and on behind it: what shows that a layer does not end where it seems to.

import type { OnnxNode } from '../file/model';
import type { Graph } from '../graph/graph';
import { attentionOps, carriesValues, having, numbersInto, recurrentOps } from '../graph/operations';
import { entriesOf } from './norms';

const sums = having('sum');
const searchLimit = 3000;

/** Nodes that read what is made from some tensors, each once; `isEnd` nodes are given out, but nothing behind them. */
function* nodesBehind(graph: Graph, from: Iterable<string>, isEnd: (node: OnnxNode) => boolean): Generator<{ node: OnnxNode; reached: ReadonlySet<string> }> {
  const reached = new Set(from);
  const seen = new Set<OnnxNode>();
  for (const name of reached) {
    for (const { node } of graph.readers(name)) {
      graph.spend();
      const takesNumbers = carriesValues(node) && numbersInto(node).includes(name);
      if (seen.has(node) || !takesNumbers) continue;
      seen.add(node);
      yield { node, reached };
      if (seen.size > searchLimit) return;
      if (!isEnd(node)) for (const output of node.outputs) if (output !== '') reached.add(output);
    }
  }
}

/** Whether some of the tensors come, by another way than through a node, to what is made from that node: then it is only a branch. */
export function goesAround(graph: Graph, from: readonly string[], through: OnnxNode): boolean {
  const result = through.outputs.find((name) => name !== '') ?? '';
  for (const { node, reached } of nodesBehind(graph, from, (one) => one === through)) {
    if (node.index <= through.index) continue;
    const others = numbersInto(node).filter((name) => !reached.has(name));
    if (others.some((name) => graph.isMadeFrom(name, result))) return true;
  }
  return false;
}

/** Whether two tensors of text are added up that are not made from one tensor row by row: something new comes in. */
function isAddition(graph: Graph, node: OnnxNode): boolean {
  const isFused = node.op.startsWith('Skip');
  if (!isFused && !sums.has(node.op)) return false;
  const [a, b] = [...new Set(graph.contentInputs(node))];
  if (a === undefined || b === undefined) return false;
  const [widthA, widthB] = [a, b].map((name) => graph.shapes.get(name)?.at(-1));
  const isAsWide = widthA === undefined || widthB === undefined || widthA === widthB;
  return isFused || (isAsWide && entriesOf(graph, node.outputs[0] as string).length === 0);
}

/** Whether nothing that the model gives out is made from these tensors. */
export function isDeadEnd(graph: Graph, from: readonly string[]): boolean {
  const outputs = new Set(graph.model.outputs.map(({ name }) => name));
  if (from.some((name) => outputs.has(name))) return false;
  let count = 0;
  for (const { node } of nodesBehind(graph, from, () => false)) if (node.outputs.some((name) => outputs.has(name)) || ++count >= searchLimit) return false;
  return true;
}

/** Whether anything is added to what is made from these tensors, before an attention reads it. */
export function isAddedTo(graph: Graph, from: Iterable<string>): boolean {
  const isEnd = (node: OnnxNode) => graph.isProduct(node) || attentionOps.has(node.op) || recurrentOps.has(node.op);
  for (const { node } of nodesBehind(graph, from, isEnd)) if (isAddition(graph, node)) return true;
  return false;
}
