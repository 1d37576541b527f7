// Which tensors are one another's rows after a norm, a scale or another function of each row. Answers are kept per graph.

import { constantValue } from '../evaluation/constantValue';
import type { RowMap } from '../facts/captures';
import type { OnnxModel, OnnxNode } from '../file/model';
import type { Graph } from '../graph/graph';
import { graphOf } from '../graph/graphOf';
import { roundingOps } from '../graph/operations';
import { applyRows, type RowFunction, type Rows, tried } from './rowFunction';
import { type Entry, entriesBehind, nodesBetween } from './stretches';

interface Known {
  readonly entries: Map<string, readonly Entry[]>;
  readonly functions: Map<string, RowFunction | undefined>;
}

const known = new WeakMap<Graph, Known>();

function knownOf(graph: Graph): Known {
  const found = known.get(graph) ?? { entries: new Map(), functions: new Map() };
  known.set(graph, found);
  return found;
}

/** All single tensors behind a tensor, nearest first. */
export function entriesOf(graph: Graph, tensor: string): readonly Entry[] {
  const { entries } = knownOf(graph);
  const found = entries.get(tensor) ?? [...entriesBehind(graph, tensor)];
  entries.set(tensor, found);
  return found;
}

/** How many features a row has: from the shapes, or from the parameters that stand beside it. */
function widthOf(graph: Graph, tensor: string, nodes: readonly OnnxNode[]): number | undefined {
  const own = graph.shapes.get(tensor)?.at(-1);
  if (own !== undefined) return own;
  const beside = nodes.flatMap((node) => node.inputs.flatMap((name) => (graph.isConstant(name) ? [graph.shapes.get(name)?.at(-1) ?? 1] : [])));
  const width = Math.max(1, ...beside);
  return width > 1 ? width : undefined;
}

/** What makes `to` from `from` row by row; undefined where other text takes part or rows are mixed. */
export function rowFunction(graph: Graph, from: string, to: string): RowFunction | undefined {
  const { functions } = knownOf(graph);
  const key = `${from}\n${to}`;
  if (functions.has(key)) return functions.get(key);
  const nodes = entriesOf(graph, to).find(({ entry }) => entry === from)?.nodes;
  // Where nothing tells a width, any will do.
  const kind = nodes && tried(graph, { from, to }, nodes, widthOf(graph, from, nodes) ?? 24);
  const found = nodes && kind ? { from, to, kind, nodes } : undefined;
  functions.set(key, found);
  return found;
}

/** Whether a stretch can be a norm at all: it puts the features of a row together somewhere. */
const putsTogether = (nodes: readonly OnnxNode[]) => nodes.some(({ op }) => /^Reduce|Normalization$|^GlobalAveragePool$/.test(op));

/** The norm that ends in `tensor` (its weights, biases, casts and reshapes included), with what enters it. */
export function normEndingIn(graph: Graph, tensor: string): RowFunction | undefined {
  let found: RowFunction | undefined;
  for (const { entry, nodes, isJoined } of entriesOf(graph, tensor)) {
    if (!putsTogether(nodes)) continue;
    // x less its mean, too, gives the same for a multiple of it: the norm begins where the ways part first.
    if (found && (!isJoined || rowFunction(graph, entry, found.from)?.kind === 'norm')) break;
    const one = rowFunction(graph, entry, tensor);
    if (one?.kind === 'norm') found = one;
    else if (found) break;
  }
  return found;
}

/** Everything that `tensor` is a norm of, through several if they follow each other. */
export function normedFrom(graph: Graph, tensor: string): string[] {
  return entriesOf(graph, tensor).flatMap(({ entry, nodes }) => (putsTogether(nodes) && rowFunction(graph, entry, tensor)?.kind === 'norm' ? [entry] : []));
}

/** Whether `tensor` is made from `from` by a function of each row that changes its numbers by more than one factor. */
export function isChangedRow(graph: Graph, from: string, tensor: string): boolean {
  const kind = entriesOf(graph, tensor).some(({ entry }) => entry === from) ? rowFunction(graph, from, tensor)?.kind : undefined;
  return kind !== undefined && kind !== 'same' && kind !== 'factor';
}

export interface Recomputed {
  readonly rows: Rows;
  /** True where the model rounds to 8 bits on the way, and these rows are not rounded. */
  readonly isUnrounded: boolean;
}

/** The rows of `map.to` for these rows of what it is made from, by the file's own numbers; undefined where they cannot be computed. */
export function recomputedRows(model: OnnxModel, map: RowMap, rows: Rows, beside?: Rows): Recomputed | undefined {
  const graph = graphOf(model);
  const found = nodesBetween(graph, new Set([map.from, map.beside ?? map.from]), map.to);
  const less = map.less === undefined ? undefined : constantValue(graph, map.less)?.data;
  if (!found || rows.length === 0 || (map.beside !== undefined && !beside) || (map.less !== undefined && !less)) return undefined;
  const own = less ? rows.map((row) => row.map((value, i) => value - (less[i % less.length] as number))) : rows;
  const given = new Map([[map.from, own], ...(map.beside !== undefined && beside ? ([[map.beside, beside]] as const) : [])]);
  const isUnrounded = found.some((node) => roundingOps.has(node.op));
  const result = applyRows(graph, given, map.to, { nodes: new Set(found), ignoresRoundings: isUnrounded });
  return result && { rows: result, isUnrounded };
}
