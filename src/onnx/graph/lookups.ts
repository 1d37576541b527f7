// Which tables are looked up by the numbers of an input: rows of a constant table, however the lookup is written.

import { bool } from '../file/elementTypes';
import type { OnnxNode } from '../file/model';
import type { Graph } from './graph';
import { arranges, having, layoutOps } from './operations';
import { walkDown } from './walk';

/** A lookup: rows of a constant table by the numbers of an input. */
export interface Lookup {
  readonly table: string;
  readonly rows: number | undefined;
  readonly result: string;
}

const rowsOf = (graph: Graph, table: string, axis: number) => graph.shapes.get(table)?.[axis];

/** Rows of a table as a product with ones and zeros, possibly arranged before. */
function productOfOnes(graph: Graph, ones: string): Lookup[] {
  let name = ones;
  for (let depth = 0; depth < 4; depth++) {
    const reader = graph.readers(name).find(({ node, slot }) => slot === 0 && (node.op === 'MatMul' || node.op === 'Gemm' || layoutOps.has(node.op)));
    if (!reader) return [];
    const result = reader.node.outputs[0] as string;
    const table = reader.node.inputs[1] ?? '';
    const isTurned = reader.node.attributes.get('transB')?.int === 1;
    if (!layoutOps.has(reader.node.op)) return graph.isConstant(table) ? [{ table, rows: rowsOf(graph, table, isTurned ? 1 : 0), result }] : [];
    name = result;
  }
  return [];
}

function lookupAt(graph: Graph, node: OnnxNode, slot: number): Lookup[] {
  const [table, result] = [node.inputs[0] ?? '', node.outputs[0] as string];
  if ((node.op === 'Gather' || node.op === 'GatherBlockQuantized') && slot === 1 && graph.isConstant(table) && (graph.rank(table) ?? 0) === 2)
    return [{ table, rows: rowsOf(graph, table, 0), result }];
  if (node.op === 'GatherND' && slot === 1 && graph.isConstant(table) && (graph.rank(table) ?? 0) === 2 && graph.shapes.get(node.inputs[1] ?? '')?.at(-1) === 1)
    return [{ table, rows: rowsOf(graph, table, 0), result }];
  if (node.op.endsWith('EmbedLayerNormalization') && slot < 2) {
    const name = node.inputs[slot === 0 ? 2 : 4] ?? '';
    return [{ table: name, rows: rowsOf(graph, name, 0), result }];
  }
  return node.op === 'OneHot' && slot === 0 ? productOfOnes(graph, result) : [];
}

/** Operations whose output still says which row. */
const carrying = new Set([...having('layout', 'bound'), 'Add', 'Sub', 'Where', 'Concat', 'Mod', 'ScatterND', 'Pad']);

/** Yes or no as a number, by which exporters choose between an id and the id counted from the end. */
function isChoice(graph: Graph, tensor: string): boolean {
  const node = graph.maker(tensor);
  return node?.op === 'Cast' && graph.types.get(node.inputs[0] ?? '') === bool;
}

const isChosen = (graph: Graph, node: OnnxNode, from: string) => node.op === 'Mul' && node.inputs.some((other) => other !== from && isChoice(graph, other));

/** Tables that are looked up by the numbers of this input (moved by a constant, cut or arranged before). */
export function lookupsBy(graph: Graph, input: string): Lookup[] {
  const found: Lookup[] = [];
  walkDown(graph, [input], { limit: 200, order: 'depth' }, ({ node, slot }, name, go) => {
    found.push(...lookupAt(graph, node, slot));
    const isCarried = (carrying.has(node.op) || isChosen(graph, node, name)) && !(slot > 0 && arranges(node)) && !(node.op === 'Where' && slot === 0);
    return isCarried ? go(node.outputs) : undefined;
  });
  return found;
}
