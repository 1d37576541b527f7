// Which tensor is the stream after a norm, or after what stands in a norm's place.

import type { OnnxNode } from '../file/model';
import type { Graph } from '../graph/graph';
import { carriesValues, layoutOps, roundingOps } from '../graph/operations';
import { reached } from '../graph/walk';
import { sameNumbers } from './forms';
import { entriesOf, isChangedRow, normEndingIn, rowFunction } from './norms';
import type { StreamAdd } from './stream';

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
