// A merged decoder is one If over an input ("use the cache?"): its branch without a cache is put into the main graph.
// Other If nodes, Loop and Scan stay as they are.

import { encodeNode } from './encode';
import { type GraphParts, readGraph } from './graphParts';
import { readNode } from './messages/node';
import type { NodePart } from './messages/parts';
import type { Refusals } from './refusals';
import { implicitNames } from './sortNodes';

/** Number of the graph's inputs that a branch reads. */
function inputsRead(parts: GraphParts, names: ReadonlySet<string>): number {
  const read = new Set(parts.nodes.flatMap((node) => [...node.inputs, ...implicitNames(node)]));
  return [...names].filter((name) => read.has(name)).length;
}

/** Whether the condition is an input of the graph as it is, reshaped or cast. */
function isInput(name: string, makers: ReadonlyMap<string, NodePart>, inputs: ReadonlySet<string>, depth = 0): boolean {
  if (inputs.has(name)) return true;
  const node = makers.get(name);
  const isPlain = node !== undefined && ['Identity', 'Cast', 'Squeeze', 'Reshape', 'Unsqueeze'].includes(node.op);
  return isPlain && depth < 5 && isInput(node.inputs[0] ?? '', makers, inputs, depth + 1);
}

/** The graph without those If nodes; the same graph where there are none. */
export function inlineBranches(graph: GraphParts, refusals: Refusals): GraphParts {
  const inputs = new Set(graph.inputs.map((input) => input.name));
  for (const tensor of graph.initializers) inputs.delete(tensor.name);
  if (!graph.nodes.some((node) => node.op === 'If')) return graph;
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  let result = graph;
  for (const node of graph.nodes) {
    if (node.op !== 'If' || node.domain !== '' || !isInput(node.inputs[0] ?? '', makers, inputs)) continue;
    const branches = ['else_branch', 'then_branch']
      .flatMap((name) => node.attributes.get(name)?.graphs.slice(0, 1) ?? [])
      .map((span) => readGraph(span, refusals));
    const [first, second] = branches;
    if (!first || !second) continue;
    const branch = inputsRead(second, inputs) < inputsRead(first, inputs) ? second : first;
    result = withBranch(result, node, branch) ?? result;
  }
  return result;
}

function withBranch(graph: GraphParts, node: NodePart, branch: GraphParts): GraphParts | undefined {
  const taken = new Set([...graph.nodes.flatMap((one) => (one === node ? [] : one.outputs)), ...graph.initializers.map((one) => one.name)]);
  const made = [...branch.nodes.flatMap((one) => one.outputs), ...branch.initializers.map((one) => one.name)];
  if (made.some((name) => name !== '' && taken.has(name))) return undefined;
  const own = new Set(made);
  const copies = node.outputs.flatMap((name, i) => {
    const inner = branch.outputs[i]?.name;
    if (name === '' || inner === undefined || inner === name) return [];
    const bytes = encodeNode({ op: 'Identity', inputs: [inner], outputs: [name] });
    return [readNode({ bytes, from: 0, to: bytes.length })];
  });
  if (copies.some((copy) => copy.outputs.some((name) => own.has(name)))) return undefined;
  return {
    ...graph,
    nodes: [...graph.nodes.filter((one) => one !== node), ...branch.nodes, ...copies],
    initializers: [...graph.initializers, ...branch.initializers],
    copied: [...graph.copied, ...branch.copied],
    sparse: [...graph.sparse, ...branch.sparse],
  };
}
