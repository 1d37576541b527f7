// Linear layers by what they give: the one that ends in a tensor, and those that a tensor is made from number by number.

import type { Linear } from '../facts/linear';
import type { OnnxNode } from '../file/model';
import type { Graph } from '../graph/graph';
import { attentionOps, having, layoutOps, recurrentOps, roundingOps } from '../graph/operations';
import { walkUp } from '../graph/walk';
import { plainForm } from '../stream/forms';
import { linearAt } from '../weights/linear';

/** The linear layer whose output (bias included) is `tensor`; undefined where it is made otherwise. */
export function linearEndingIn(graph: Graph, tensor: string): { readonly linear: Linear; readonly node: OnnxNode } | undefined {
  let name = tensor;
  for (let depth = 0; depth < 8; depth++) {
    const node = graph.maker(name);
    if (!node) return undefined;
    if (graph.linearSlot(node) !== undefined) {
      const linear = linearAt(graph, node);
      return linear && { linear, node };
    }
    const [only, more] = graph.contentInputs(node);
    const isQuantised = node.op === 'Mul' && more !== undefined && graph.maker(only as string)?.op === 'Cast';
    if (
      only === undefined ||
      (more !== undefined && !isQuantised) ||
      !(layoutOps.has(node.op) || roundingOps.has(node.op) || node.op === 'Add' || isQuantised || node.op === 'MatMulInteger')
    )
      return undefined;
    name = only;
  }
  return undefined;
}

/** Whether a tensor is what a linear layer gives, with nothing bent in between. */
export function endsInLinear(graph: Graph, tensor: string): boolean {
  const ending = linearEndingIn(graph, tensor);
  return ending !== undefined && plainForm(graph, tensor) === plainForm(graph, ending.linear.output.tensor);
}

const bends = having('bend');

/** Operations by which one token comes to another, beside products. */
const mixing = new Set([...recurrentOps, 'Conv', 'CumSum', 'Scan', 'Loop']);

/** A tensor on the way back, and whether an activation function was passed. */
interface Way {
  readonly name: string;
  readonly isBent: boolean;
}

/**
 * Outputs of the linear layers that go into `tensor` elementwise, each with whether it goes through an activation function. Undefined
 * where tokens are mixed on the way.
 */
export function sourcesOf(graph: Graph, tensor: string): ReadonlyMap<string, boolean> | undefined {
  const found = new Map<string, boolean>();
  const options = { limit: 200, order: 'depth', key: ({ name, isBent }: Way) => `${name} ${isBent}` } as const;
  const end = walkUp(graph, [{ name: tensor, isBent: false }], options, (node, { name, isBent }: Way, go): 'an input' | 'mixed' | undefined => {
    const ending = linearEndingIn(graph, name);
    if (ending && endsInLinear(graph, name)) {
      found.set(ending.linear.output.tensor, isBent || found.get(ending.linear.output.tensor) === true);
      return undefined;
    }
    if (!node) return 'an input';
    if (graph.isProduct(node) || attentionOps.has(node.op) || mixing.has(node.op)) return 'mixed';
    return go(graph.contentInputs(node).map((input) => ({ name: input, isBent: isBent || bends.has(node.op) })));
  });
  if (end === 'mixed') return undefined;
  return end === undefined ? found : new Map();
}
