// Why no text reaches a tensor: what it is made of instead, or where the ids of the text get lost on their way to the layers.

import { enqueue } from '../graph/enqueue';
import type { Graph } from '../graph/graph';
import { layoutOps } from '../graph/operations';
import { lookupsBy } from '../graph/textSources';

/** Inputs of the graph that a tensor depends on in any way but by shapes. */
function inputsOf(graph: Graph, tensor: string): string[] {
  const seen = new Set([tensor]);
  const queue = [tensor];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    graph.spend();
    const node = graph.maker(name);
    if (!node || node.op === 'Shape' || node.op === 'Size') continue;
    for (const one of [...node.inputs, ...node.implicit]) if (one !== '') enqueue(one, seen, queue);
  }
  return graph.model.inputs.map((input) => input.name).filter((name) => seen.has(name));
}

/** The first node that does something else with ids than arrange them. */
function firstUse(graph: Graph, input: string): string | undefined {
  const seen = new Set([input]);
  const queue = [input];
  for (let name = queue.shift(); name !== undefined && seen.size < 50; name = queue.shift()) {
    for (const { node } of graph.readers(name)) {
      if (node.op === 'Shape' || node.op === 'Size') continue;
      if (!layoutOps.has(node.op)) return node.name ? `${node.op} ${node.name}` : node.op;
      for (const output of node.outputs) if (output !== '') enqueue(output, seen, queue);
    }
  }
  return undefined;
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
