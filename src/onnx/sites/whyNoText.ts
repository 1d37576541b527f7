// Why no text reaches a tensor: what it is made of instead, or where the ids of the text get lost on their way to the layers.

import type { Graph } from '../graph/graph';
import { lookupsBy } from '../graph/lookups';
import { layoutOps, measures } from '../graph/operations';
import { reached, walkDown } from '../graph/walk';
import { called } from './weightsPath';

/** Inputs of the graph that a tensor depends on in any way but by shapes. */
function inputsOf(graph: Graph, tensor: string): string[] {
  const found = reached(graph, [tensor], {}, (name) => {
    const node = graph.maker(name);
    return node && !measures.has(node.op) ? [...node.inputs, ...node.implicit] : [];
  });
  return graph.model.inputs.map((input) => input.name).filter((name) => found.has(name));
}

/** The first node that does something else with ids than arrange them. */
function firstUse(graph: Graph, input: string): string | undefined {
  return walkDown(graph, [input], { limit: 50 }, ({ node }, _, go) => {
    if (measures.has(node.op)) return undefined;
    return layoutOps.has(node.op) ? go(node.outputs) : called(node);
  });
}

function lostAt(graph: Graph, input: string): string {
  const [lookup] = lookupsBy(graph, input);
  if (lookup) return `the rows that ${input} looks up reach no layer`;
  const use = firstUse(graph, input);
  return use === undefined ? `nothing reads ${input}` : `${input} goes into ${use} and looks up no rows of a table`;
}

/** A reason that follows "softmax NODE". */
export function whyNoText(graph: Graph, tensor: string): string {
  const inputs = inputsOf(graph, tensor);
  if (inputs.length === 0) return 'is reached by no text: its scores depend on no input';
  if (graph.content.size > 0) return `is reached by no text: its scores are made of ${inputs.slice(0, 3).join(', ')} without a layer`;
  return `is reached by no text: ${lostAt(graph, inputs[0] as string)}`;
}
