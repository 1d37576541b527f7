// What each output of a graph is: predictions over a vocabulary, hidden states, caches, states of a recurrent step.

import type { FoundSite } from '../facts/foundSite';
import type { GraphInput, GraphOutput } from '../facts/inputs';
import type { Graph } from '../graph/graph';
import { recurrentOps } from '../graph/operations';
import { continuedCache } from './continuedCache';
import { stateOfOutput } from './recurrentStates';

/** Columns of the last linear layer that an answer for each token comes out of; undefined where there is none. */
export function answerWidth(graph: Graph): number | undefined {
  const answers = graph.model.outputs.filter(
    ({ name, dims }) => graph.isContent(name) && (dims?.length ?? graph.rank(name)) === 3 && endsInLinear(graph, name),
  );
  return answers.map(({ name, dims }) => dims?.at(-1) ?? graph.shapes.get(name)?.at(-1)).find((width) => typeof width === 'number');
}

/** Whether a tensor comes out of a linear layer (bias, casts and reshapes in between). */
function endsInLinear(graph: Graph, tensor: string): boolean {
  let name = tensor;
  for (let depth = 0; depth < 10; depth++) {
    const node = graph.maker(name);
    if (!node) return false;
    if (graph.linearSlot(node) !== undefined) return true;
    const content = graph.contentInputs(node);
    const isScaled = node.op === 'Mul' && content.length === 2;
    if (content.length === 0 || (content.length > 1 && !isScaled) || graph.isProduct(node) || node.op.endsWith('Normalization')) return false;
    name = content[0] as string;
  }
  return false;
}

/** Roles of the outputs; which of them are answers is told by a linear layer at the end. */
export function outputRoles(graph: Graph, found: readonly FoundSite[], inputs: readonly Pick<GraphInput, 'name' | 'role'>[]): GraphOutput[] {
  const hasState = inputs.some((input) => input.role === 'recurrentState');
  const pasts = new Set(inputs.filter((input) => input.role === 'pastKeyValue').map((input) => input.name));
  const isStepping = hasState || graph.model.nodes.some((node) => recurrentOps.has(node.op));
  const patterns = new Set(found.flatMap((site) => [...(site.captures.pattern ?? []), ...(site.captures.scores ?? [])].map((ref) => ref.tensor)));
  return graph.model.outputs.map((output): GraphOutput => {
    const dims = output.dims ?? [];
    const rank = output.dims?.length ?? graph.rank(output.name);
    const isEnd = endsInLinear(graph, output.name);
    const state = isStepping ? stateOfOutput(graph, output.name, !hasState) : undefined;
    const cut = { name: output.name, dims, ...(state && { state }) };
    if (!graph.isContent(output.name) || patterns.has(output.name)) return { ...cut, role: 'other' };
    if (rank === 4) {
      const continues = continuedCache(graph, output.name, pasts);
      return { ...cut, role: 'presentKeyValue', ...(continues !== undefined && { continues }) };
    }
    const ends = recurrentEnd(graph, output.name);
    if (ends !== undefined && (ends > 0 || hasState || rank === 2)) return { ...cut, role: 'recurrentState' };
    if (isEnd && rank !== undefined && rank <= 3) return { ...cut, role: 'logits' };
    return { ...cut, role: rank === 3 ? 'hiddenStates' : hasState ? 'recurrentState' : 'other' };
  });
}

/** Which output of a recurrent layer a tensor is (0: all steps, 1: last state); undefined where it comes from none. */
function recurrentEnd(graph: Graph, tensor: string): number | undefined {
  let name = tensor;
  for (let depth = 0; depth < 6; depth++) {
    const node = graph.maker(name);
    if (!node) return undefined;
    if (recurrentOps.has(node.op)) return node.outputs.indexOf(name);
    const content = graph.contentInputs(node);
    if (content.length !== 1 || graph.linearSlot(node) !== undefined) return undefined;
    name = content[0] as string;
  }
  return undefined;
}
