// The residual stream: where tensors are added to it, and which tensor is it after a norm. Pure walks; which layer is where comes later.

import type { OnnxNode } from '../file/model';
import type { Graph } from '../graph/graph';
import { carriesValues, fusedSums, layoutOps, roundingOps, valueNames } from '../graph/operations';
import { hiddenSum, isScalar } from '../graph/reconvergence';
import { reached } from '../graph/walk';
import { entriesOf, isChangedRow, normEndingIn, rowFunction } from './norms';
import { goesAround } from './streamWays';

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

/** The node as an addition to the stream; undefined for other nodes. */
export function streamAddAt(graph: Graph, node: OnnxNode): StreamAdd | undefined {
  const [a, b] = node.inputs as [string, string];
  const isBoth = graph.isContent(a ?? '') && graph.isContent(b ?? '');
  if (node.op === 'Add' && isBoth && a !== b) return { node, operands: [a, b], sum: node.outputs[0] as string };
  if (!fusedSums.has(node.op) || !isBoth) return undefined;
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

/** Back through copies, casts, reshapes and roundings, but no factor. */
export function beforeRoundings(graph: Graph, tensor: string): string {
  return formBehind(graph, tensor, { factors: false, roundings: true });
}

/** How `operand` stands to the stream after `add`: the sum itself, or the sum after a norm or whatever else is done to each of its rows. */
export function relationTo(graph: Graph, operand: string, add: StreamAdd): 'direct' | 'normed' | undefined {
  const form = plainForm(graph, operand);
  if (form === plainForm(graph, add.sum)) return 'direct';
  if (add.normed !== undefined && form === add.normed) return 'normed';
  // A norm may stand between two turns of the axes: only as a whole it goes row by row.
  return comesFrom(graph, operand, add.sum) || comesFrom(graph, form, add.sum) ? 'normed' : undefined;
}

/** Whether `tensor` is the rows of `sum`, or of a mere form of it, after a function of each row. */
function comesFrom(graph: Graph, tensor: string, sum: string): boolean {
  const target = plainForm(graph, sum);
  return entriesOf(graph, tensor).some(({ entry }) => plainForm(graph, entry) === target && isChangedRow(graph, entry, tensor));
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
  // Inside a norm that is written out, two forms of the same sum are added: nothing new comes in.
  if (!next || comesFrom(graph, next.sum, add.sum)) return undefined;
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

/** The sum, and what the same operator gives of it after a norm. */
export const formsOf = ({ sum, normed }: StreamAdd): string[] => (normed === undefined ? [sum] : [sum, normed]);

/** The next addition to the stream after `add`, in order of computation. Where the stream goes around it, it is one inside a branch. */
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
    if (found && !goesAround(graph, formsOf(add), found.add.node)) return found;
    for (const name of node.outputs) if (name !== '') reach(name);
  }
  return undefined;
}

/** How a function of rows is written: its operations without those that only arrange. */
const spelling = (graph: Graph, from: string, to: string) =>
  (entriesOf(graph, to).find(({ entry }) => entry === from)?.nodes ?? [])
    .map(({ op }) => op)
    .filter((op) => !layoutOps.has(op) && !roundingOps.has(op))
    .sort()
    .join();

/** Tensors that are made from `sum` row by row, in order of computation; what only arranges is left out. */
function rowsAfter(graph: Graph, sum: string): string[] {
  const isText = (node: OnnxNode, name: string) =>
    graph.linearSlot(node) === undefined && !graph.isProduct(node) && carriesValues(node) && graph.contentInputs(node).includes(name);
  const found = reached(graph, [sum], { limit: 61 }, (name) => graph.readers(name).flatMap(({ node }) => (isText(node, name) ? node.outputs : [])));
  const indexOf = (name: string) => graph.maker(name)?.index ?? 0;
  const changed = new Set([...found].filter((name) => name !== sum && isChangedRow(graph, sum, name)));
  const isArranged = (name: string) => {
    const node = graph.maker(name);
    return node !== undefined && (layoutOps.has(node.op) || roundingOps.has(node.op)) && graph.contentInputs(node).some((input) => changed.has(input));
  };
  return [...changed].filter((name) => !isArranged(name)).sort((a, b) => indexOf(a) - indexOf(b));
}

/**
 * The tensor that is `add.sum` after its norm, or after what stands in a norm's place: written as `like` is, a function of rows elsewhere
 * in the model; only for a norm, or without such an example, any norm counts. Undefined where there is none.
 */
export function normedForm(graph: Graph, add: StreamAdd, like?: { readonly from: string; readonly to: string }): string | undefined {
  if (add.normed !== undefined) return add.normed;
  const after = rowsAfter(graph, add.sum);
  const example = like && spelling(graph, like.from, like.to);
  const alike = example === undefined ? undefined : after.find((name) => spelling(graph, add.sum, name) === example);
  if (alike === undefined && like && rowFunction(graph, like.from, like.to)?.kind !== 'norm') return undefined;
  return alike ?? after.findLast((name) => sameNumbers(graph, normEndingIn(graph, name)?.from ?? '') === sameNumbers(graph, add.sum));
}
