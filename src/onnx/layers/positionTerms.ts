// What is added to the rows of the tokens and is no text: rows looked up by position, or a fixed table.

import type { Graph } from '../graph/graph';
import { layoutOps } from '../graph/operations';
import { walkDown } from '../graph/walk';

export interface PositionTerm {
  readonly tensor: string;
  readonly rows?: number;
  readonly index?: string;
  readonly table?: string | undefined;
}

/** Terms that are added to the token rows and are no text: looked up by position, or a fixed table. `others`: tables of other features. */
function positionTerms(graph: Graph, embed: string, others: ReadonlySet<string>): PositionTerm[] {
  const found: PositionTerm[] = [];
  walkDown(graph, [embed], { limit: 24 }, ({ node }, name, go) => {
    const [a, b] = node.inputs as [string, string];
    const other = a === name ? b : a;
    const isSum = node.op === 'Add' && other !== undefined;
    const table = isSum ? tableOf(graph, other) : undefined;
    if (isSum && isPositionTable(graph, other) && !others.has(table ?? ''))
      found.push({ tensor: other, table, ...tableRows(graph, other), ...indexOf(graph, other) });
    const passes = isSum || layoutOps.has(node.op) || (node.op === 'Mul' && graph.contentInputs(node).length === 1);
    return passes && graph.linearSlot(node) === undefined ? go(node.outputs.slice(0, 1)) : undefined;
  });
  return found;
}

/** Positions that the graph makes itself are positions; what an input picks from a table comes after them. */
export function positionTerm(graph: Graph, embed: string, others: ReadonlySet<string>, picked: ReadonlySet<string>): PositionTerm | undefined {
  const terms = positionTerms(graph, embed, others);
  return terms.find((term) => !picked.has(term.table ?? '')) ?? terms[0];
}

/** The table that a tensor is rows of, through cuts, lookups and casts. */
function tableOf(graph: Graph, tensor: string): string | undefined {
  let name = tensor;
  for (let depth = 0; depth < 8; depth++) {
    if (graph.isConstant(name)) return (graph.shapes.get(name)?.filter((dim) => dim !== 1).length ?? 0) >= 2 ? name : undefined;
    const node = graph.maker(name);
    if (!node || !(layoutOps.has(node.op) || node.op === 'Slice')) return undefined;
    name = node.inputs[0] as string;
  }
  return undefined;
}

function tableRows(graph: Graph, tensor: string): { readonly rows?: number } {
  const table = tableOf(graph, tensor);
  const rows = table === undefined ? undefined : graph.shapes.get(table)?.at(-2);
  return rows === undefined ? {} : { rows };
}

/** The numbers by which a lookup picks its rows. */
function indexOf(graph: Graph, tensor: string): { readonly index?: string } {
  let name = tensor;
  for (let depth = 0; depth < 8; depth++) {
    const node = graph.maker(name);
    if (!node || !layoutOps.has(node.op)) return {};
    if (node.op === 'Gather' && graph.isConstant(node.inputs[0] ?? '')) return { index: node.inputs[1] as string };
    name = node.inputs[0] as string;
  }
  return {};
}

function isPositionTable(graph: Graph, tensor: string): boolean {
  const rows = tableRows(graph, tensor).rows;
  return rows !== undefined && rows > 4 && (graph.rank(tensor) ?? 3) >= 2;
}
