// Stretches that are linear in the text as a whole, of however many layers, branches and steps.

import type { TensorRef } from '../facts/captures';
import type { Linear } from '../facts/linear';
import type { OnnxNode } from '../file/model';
import type { Graph } from '../graph/graph';
import { having, layoutOps } from '../graph/operations';
import { sameNumbers } from '../stream/forms';
import { entriesBehind } from '../stream/stretches';
import { nodeName } from '../weights/linear';

const linearOps = new Set([...having('layout', 'rounding', 'sum'), 'DynamicQuantizeLinear', 'Concat', 'Neg', 'ReduceSum', 'MatMulInteger']);

/** A scale of rounded text, beside the text itself. */
const isScale = (graph: Graph, tensor: string, depth = 0): boolean => {
  const node = graph.maker(tensor);
  if (!node || depth > 4) return false;
  if (node.op === 'DynamicQuantizeLinear') return node.outputs[1] === tensor;
  return (node.op === 'Mul' || layoutOps.has(node.op)) && graph.contentInputs(node).every((input) => isScale(graph, input, depth + 1));
};

/** Whether the node is linear in the text, given that its text is. */
function isLinear(graph: Graph, node: OnnxNode): boolean {
  if (graph.isProduct(node)) return false;
  if (linearOps.has(node.op) || graph.linearSlot(node) !== undefined) return true;
  const texts = graph.contentInputs(node).filter((name) => !isScale(graph, name));
  if (node.op === 'Mul') return texts.length <= 1;
  return node.op === 'Div' && texts.length <= 1 && graph.isConstant(node.inputs[1] ?? '');
}

/**
 * The map from the heads to attn_out as one linear layer, `first` being the layer that the heads enter; undefined where it is not linear:
 * an activation function or a gate stands between.
 */
export function wholeMap(graph: Graph, first: Linear, heads: string, output: TensorRef): Linear | undefined {
  for (const { entry, nodes } of entriesBehind(graph, output.tensor, (node) => isLinear(graph, node))) {
    if (!graph.isMadeFrom(heads, entry)) continue;
    if (entry !== heads && (first.inputAsSeen || sameNumbers(graph, heads) !== sameNumbers(graph, entry))) return undefined;
    const computing = nodes.filter((node) => !layoutOps.has(node.op)).reverse();
    const input = entry === heads ? first.input : { tensor: entry, axes: graph.rank(entry) === graph.rank(heads) ? first.input.axes : '*td' };
    return { ...first, input, output, isWhole: true, nodes: computing.map(nodeName), writtenAs: [...new Set(computing.map((node) => node.op))].join(' + ') };
  }
  return undefined;
}

interface LinearPart {
  readonly entry: string;
  readonly nodes: readonly OnnxNode[];
}

/** Ever longer stretches behind a tensor that are linear, each with one linear layer more, and with all branches and steps. */
function* linearParts(graph: Graph, tensor: string): Generator<LinearPart> {
  let known = 0;
  for (const { entry, nodes } of entriesBehind(graph, tensor, (node) => isLinear(graph, node))) {
    const count = nodes.filter((node) => graph.linearSlot(node) !== undefined).length;
    if (count > known) yield { entry, nodes };
    known = count;
  }
}

/** The nearest linear layer behind a tensor, with all branches and steps that belong to it; undefined where there is none. */
export function linearBehind(graph: Graph, tensor: string): LinearPart | undefined {
  for (const part of linearParts(graph, tensor)) return part;
  return undefined;
}

/** All linear layers behind a tensor, down to where an activation function ends or the part begins; factors of that function belong to it. */
export function linearDownTo(graph: Graph, tensor: string, isInside: (entry: string) => boolean): LinearPart | undefined {
  let longest: LinearPart | undefined;
  for (const part of linearParts(graph, tensor)) {
    if (longest && !isInside(part.entry)) break;
    longest = part;
  }
  return longest;
}
