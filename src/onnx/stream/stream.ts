// The residual stream: where tensors are added to it, and how another tensor stands to such a sum. Which layer is where comes later.

import type { OnnxNode } from '../file/model';
import type { Graph } from '../graph/graph';
import { fusedSums } from '../graph/operations';
import { hiddenSum } from '../graph/reconvergence';
import { plainForm } from './forms';
import { entriesOf, isChangedRow } from './norms';

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

/** The sum, and what the same operator gives of it after a norm. */
export const formsOf = ({ sum, normed }: StreamAdd): string[] => (normed === undefined ? [sum] : [sum, normed]);

/** How `operand` stands to the stream after `add`: the sum itself, or the sum after a norm or whatever else is done to each of its rows. */
export function relationTo(graph: Graph, operand: string, add: StreamAdd): 'direct' | 'normed' | undefined {
  const form = plainForm(graph, operand);
  if (form === plainForm(graph, add.sum)) return 'direct';
  if (add.normed !== undefined && form === add.normed) return 'normed';
  // A norm may stand between two turns of the axes: only as a whole it goes row by row.
  return comesFrom(graph, operand, add.sum) || comesFrom(graph, form, add.sum) ? 'normed' : undefined;
}

/** Whether `tensor` is the rows of `sum`, or of a mere form of it, after a function of each row. */
export function comesFrom(graph: Graph, tensor: string, sum: string): boolean {
  const target = plainForm(graph, sum);
  return entriesOf(graph, tensor).some(({ entry }) => plainForm(graph, entry) === target && isChangedRow(graph, entry, tensor));
}
