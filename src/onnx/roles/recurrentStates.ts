// Which state of a recurrent layer an input or output is, so that a step's output goes back in where it belongs: hidden and cell
// states have the same shape, and files name and order them as they like. Told by the layer they enter or leave.

import type { RecurrentState } from '../facts/inputs';
import type { OnnxNode } from '../file/model';
import type { Graph } from '../graph/graph';
import { bendOps, layoutOps, recurrentOps } from '../graph/operations';
import { reached } from '../graph/walk';

const depthLimit = 12;
const arrangementLimit = 13;

const isLayout = (node: OnnxNode) => layoutOps.has(node.op);

/** Tensors that hold the same numbers as `tensor`, arranged anew or a part of them, itself included. */
function arrangements(graph: Graph, tensor: string): string[] {
  const found = reached(graph, [tensor], { limit: arrangementLimit }, (name) =>
    graph.readers(name).flatMap(({ node, slot }) => (isLayout(node) && slot === 0 ? node.outputs : [])),
  );
  return [...found];
}

/** The state that an input of a step file is; undefined where the graph does not tell. */
export function stateOfInput(graph: Graph, input: string): RecurrentState | undefined {
  const readers = arrangements(graph, input).flatMap((name) => graph.readers(name));
  const entered = readers.find(({ node, slot }) => recurrentOps.has(node.op) && (slot === 5 || slot === 6));
  if (entered) return { kind: entered.slot === 5 ? 'hidden' : 'cell', layer: entered.node.index };
  // Cells written out: a hidden state is multiplied with weights, a cell state only with gates.
  const linear = readers.find(({ node }) => graph.linearSlot(node) !== undefined);
  if (linear) return { kind: 'hidden', layer: linear.node.index };
  const gate = readers.find(({ node }) => node.op === 'Mul');
  return gate && { kind: 'cell', layer: gate.node.index };
}

/** The same of an output. `bridged`: it may have gone through linear layers since, as from an encoder to the first step. */
export function stateOfOutput(graph: Graph, output: string, bridged: boolean, depth = 0): RecurrentState | undefined {
  const node = graph.maker(output);
  graph.spend();
  if (!node || depth > depthLimit) return undefined;
  if (recurrentOps.has(node.op)) return stateOfLayer(node, output, bridged);
  const written = writtenOut(graph, node, output);
  if (written) return written;
  const content = [...new Set(graph.contentInputs(node))];
  const passes = isLayout(node) || node.op === 'Concat' || (bridged && (bendOps.has(node.op) || graph.linearSlot(node) !== undefined || content.length === 1));
  if (!passes) return undefined;
  const states = content.map((name) => stateOfOutput(graph, name, bridged, depth + 1));
  const [first] = states;
  return first && states.every((state) => state?.kind === first.kind) ? first : undefined;
}

/** Of a step, the states of all its tokens are the last one. */
function stateOfLayer(node: OnnxNode, output: string, bridged: boolean): RecurrentState | undefined {
  const slot = node.outputs.indexOf(output);
  if (slot === 0 && bridged) return undefined;
  return { kind: slot === 2 ? 'cell' : 'hidden', layer: node.index };
}

/** c' = f·c + i·g, which a tanh reads; h' = o·tanh(c') or (1 − z)·n + z·h. */
function writtenOut(graph: Graph, node: OnnxNode, output: string): RecurrentState | undefined {
  const made = graph.contentInputs(node).map((name) => graph.maker(name)?.op);
  if (node.op === 'Mul' && made.includes('Tanh') && made.includes('Sigmoid')) return { kind: 'hidden', layer: node.index };
  if (node.op !== 'Add' || made.length !== 2 || !made.every((op) => op === 'Mul')) return undefined;
  const isBent = arrangements(graph, output).some((name) => graph.readers(name).some((reader) => reader.node.op === 'Tanh'));
  return { kind: isBent ? 'cell' : 'hidden', layer: node.index };
}
