// The residual stream: where tensors are added to it, and which tensor is it after a norm. Pure walks; which layer is where comes later.

import type { Graph } from './graph';
import { layoutOps } from './operations';
import type { OnnxNode } from './readModel';
import { hiddenSum, isScalar, normInput } from './reconvergence';

/** An addition of two tensors of text: Add, or the fused Add + norm operators. */
export interface StreamAdd {
  readonly node: OnnxNode;
  readonly operands: readonly [string, string];
  /** The sum itself; an optional output that has to be asked for where the operator hides it. */
  readonly sum: string;
  /** The normed sum where the operator makes it as well. */
  readonly normed?: string;
  /** A bias that the operator adds as well. */
  readonly bias?: string;
}

const fusedAdds = new Set(['SkipLayerNormalization', 'SkipSimplifiedLayerNormalization']);

/** The node as an addition to the stream; undefined for other nodes. */
export function streamAddAt(graph: Graph, node: OnnxNode): StreamAdd | undefined {
  const [a, b] = node.inputs as [string, string];
  const isBoth = graph.isContent(a ?? '') && graph.isContent(b ?? '');
  if (node.op === 'Add' && isBoth && a !== b) return { node, operands: [a, b], sum: node.outputs[0] as string };
  if (!fusedAdds.has(node.op) || !isBoth) return undefined;
  const bias = node.inputs[node.op === 'SkipLayerNormalization' ? 4 : 3];
  return { node, operands: [a, b], sum: hiddenSum(graph, node), normed: node.outputs[0] as string, ...(bias && { bias }) };
}

/** Back through copies, casts, reshapes and constant factors: the tensor that `tensor` is a mere form of. */
export function plainForm(graph: Graph, tensor: string): string {
  let name = tensor;
  for (let depth = 0; depth < 16; depth++) {
    const node = graph.maker(name);
    if (!node) return name;
    const content = graph.contentInputs(node);
    const isFactor = (node.op === 'Mul' || node.op === 'Div') && node.inputs.some((input) => !graph.isContent(input) && isScalar(graph, input));
    const isForm = layoutOps.has(node.op) && node.op !== 'Gather' && node.op !== 'Split' && node.op !== 'Slice';
    if (content.length !== 1 || !(isForm || isFactor)) return name;
    name = content[0] as string;
  }
  return name;
}

/** How `operand` stands to the stream after `add`: the sum itself, or the sum after a norm. */
export function relationTo(graph: Graph, operand: string, add: StreamAdd): 'direct' | 'normed' | undefined {
  const form = plainForm(graph, operand);
  if (form === plainForm(graph, add.sum)) return 'direct';
  if (add.normed !== undefined && form === add.normed) return 'normed';
  const inner = normInput(graph, form);
  return inner !== undefined && plainForm(graph, inner) === plainForm(graph, add.sum) ? 'normed' : undefined;
}

export interface NextAdd {
  readonly add: StreamAdd;
  /** What is added, and the stream it is added to. */
  readonly added: string;
  readonly skip: string;
  readonly relation: 'direct' | 'normed';
  /** True where what is added does not depend on the sum: a parallel block. */
  readonly isParallel: boolean;
}

const searchLimit = 4000;

/** The next addition to the stream after `add`. */
export function nextAdd(graph: Graph, add: StreamAdd): NextAdd | undefined {
  const later = graph.descendants(add.sum);
  if (add.normed !== undefined) for (const name of graph.descendants(add.normed)) later.add(name);
  const nodes = new Set<OnnxNode>();
  for (const name of later) {
    const node = graph.maker(name);
    if (node && node !== add.node && (node.op === 'Add' || fusedAdds.has(node.op))) nodes.add(node);
  }
  for (const node of [...nodes].sort((a, b) => a.index - b.index).slice(0, searchLimit)) {
    const next = streamAddAt(graph, node);
    if (!next) continue;
    for (const [skip, added] of [next.operands, [...next.operands].reverse() as [string, string]]) {
      const relation = relationTo(graph, skip, add);
      if (relation) return { add: next, added, skip, relation, isParallel: !later.has(added) };
    }
  }
  return undefined;
}

const normParts = new Set(['ReduceMean', 'Sub', 'Pow', 'Mul', 'Sqrt', 'Add', 'Div', 'Cast', 'Reciprocal', 'ReduceSum', 'Identity', 'Reshape', 'Abs', 'Max', 'Expand']);

/** The tensor that is `add.sum` after its norm; undefined where no norm reads it. */
export function normedForm(graph: Graph, add: StreamAdd): string | undefined {
  if (add.normed !== undefined) return add.normed;
  let found: string | undefined;
  const seen = new Set([add.sum]);
  const queue = [add.sum];
  for (let name = queue.shift(); name !== undefined && seen.size < 60; name = queue.shift()) {
    if (name !== add.sum && normInput(graph, name) === add.sum && (found === undefined || (graph.maker(name)?.index ?? 0) > (graph.maker(found)?.index ?? 0))) found = name;
    for (const { node } of graph.readers(name)) {
      const isNorm = normInput(graph, node.outputs[0] ?? '') === add.sum;
      if ((!normParts.has(node.op) && !isNorm) || graph.linearSlot(node) !== undefined) continue;
      const out = node.outputs[0] as string;
      if (!seen.has(out)) queue.push(out);
      seen.add(out);
    }
  }
  return found;
}
