// The residual stream: where tensors are added to it, and which tensor is it after a norm. Pure walks; which layer is where comes later.

import type { Graph } from './graph';
import type { OnnxNode } from './model';
import { carriesValues, layoutOps, roundingOps, valueNames } from './operations';
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

/** Back through copies, casts and reshapes, and through constant factors and roundings where asked for. */
function formBehind(graph: Graph, tensor: string, passes: { readonly factors: boolean; readonly roundings: boolean }): string {
  let name = tensor;
  for (let depth = 0; depth < 16; depth++) {
    const node = graph.maker(name);
    if (!node) return name;
    const content = graph.contentInputs(node);
    const isFactor =
      passes.factors && (node.op === 'Mul' || node.op === 'Div') && node.inputs.some((input) => !graph.isContent(input) && isScalar(graph, input));
    const isForm = layoutOps.has(node.op) && node.op !== 'Gather' && node.op !== 'Split' && node.op !== 'Slice';
    const isRounding = passes.roundings && roundingOps.has(node.op);
    if (content.length !== 1 || !(isForm || isFactor || isRounding)) return name;
    name = content[0] as string;
  }
  return name;
}

/** Back through copies, casts, reshapes, constant factors and roundings: the tensor that `tensor` is a mere form of. */
export function plainForm(graph: Graph, tensor: string): string {
  return formBehind(graph, tensor, { factors: true, roundings: true });
}

/** Back through copies, casts and reshapes: the tensor whose numbers `tensor` holds. */
export function sameNumbers(graph: Graph, tensor: string): string {
  return formBehind(graph, tensor, { factors: false, roundings: false });
}

/** Back through copies, casts, reshapes and constant factors, but no rounding. */
export function beforeFactors(graph: Graph, tensor: string): string {
  return formBehind(graph, tensor, { factors: true, roundings: false });
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

const searchLimit = 3000;

/** Keeps nodes in order of computation; each is given out once. */
class Agenda {
  private readonly nodes: OnnxNode[] = [];
  private readonly seen = new Set<OnnxNode>();

  add(node: OnnxNode): void {
    if (this.seen.has(node)) return;
    this.seen.add(node);
    let at = this.nodes.length;
    while (at > 0 && (this.nodes[at - 1] as OnnxNode).index < node.index) at--;
    this.nodes.splice(at, 0, node);
  }

  next(): OnnxNode | undefined {
    return this.nodes.pop();
  }
}

function matching(graph: Graph, add: StreamAdd, node: OnnxNode, later: ReadonlySet<string>): NextAdd | undefined {
  const next = streamAddAt(graph, node);
  if (!next) return undefined;
  const [a, b] = next.operands;
  for (const [skip, added] of [
    [a, b],
    [b, a],
  ] as const) {
    const relation = relationTo(graph, skip, add);
    if (relation) return { add: next, added, skip, relation, isParallel: !later.has(added) };
  }
  return undefined;
}

/** The next addition to the stream after `add`, in order of computation. */
export function nextAdd(graph: Graph, add: StreamAdd): NextAdd | undefined {
  const later = new Set<string>();
  const agenda = new Agenda();
  const reach = (name: string) => {
    later.add(name);
    for (const { node } of graph.readers(name)) if (carriesValues(node)) agenda.add(node);
  };
  reach(add.sum);
  if (add.normed !== undefined) reach(add.normed);
  for (let node = agenda.next(), count = 0; node && count < searchLimit; node = agenda.next(), count++) {
    graph.spend();
    if (node === add.node || !valueNames(node).some((name) => later.has(name))) continue;
    const found = matching(graph, add, node, later);
    if (found) return found;
    for (const name of node.outputs) if (name !== '') reach(name);
  }
  return undefined;
}

const normParts = new Set([
  'ReduceMean',
  'Sub',
  'Pow',
  'Mul',
  'Sqrt',
  'Add',
  'Div',
  'Cast',
  'Reciprocal',
  'ReduceSum',
  'Identity',
  'Reshape',
  'Abs',
  'Max',
  'Expand',
]);

/** Back through casts: a norm may compute in another precision than the stream. */
function beforeCasts(graph: Graph, tensor: string | undefined): string | undefined {
  let name = tensor;
  for (let node = graph.maker(name ?? ''); node?.op === 'Cast' || node?.op === 'Identity'; node = graph.maker(name ?? '')) name = node.inputs[0];
  return name;
}

/** The tensor that is `add.sum` after its norm; undefined where no norm reads it. */
export function normedForm(graph: Graph, add: StreamAdd): string | undefined {
  if (add.normed !== undefined) return add.normed;
  let found: string | undefined;
  const isNormOfSum = (name: string) => beforeCasts(graph, normInput(graph, name)) === add.sum;
  const seen = new Set([add.sum]);
  const queue = [add.sum];
  for (let name = queue.shift(); name !== undefined && seen.size < 60; name = queue.shift()) {
    const op = graph.maker(name)?.op ?? '';
    const isArranged = layoutOps.has(op) || roundingOps.has(op);
    if (name !== add.sum && !isArranged && isNormOfSum(name) && (found === undefined || (graph.maker(name)?.index ?? 0) > (graph.maker(found)?.index ?? 0)))
      found = name;
    for (const { node } of graph.readers(name)) {
      const isNorm = isNormOfSum(node.outputs[0] ?? '');
      if ((!normParts.has(node.op) && !isNorm) || graph.linearSlot(node) !== undefined) continue;
      const out = node.outputs[0] as string;
      if (!seen.has(out)) queue.push(out);
      seen.add(out);
    }
  }
  return found;
}
