// Where the numbers of an input pick rows: of a table of weights by Gather, GatherElements or GatherND, moved by a constant before.

import type { TableUse } from '../facts/inputs';
import { enqueue } from '../graph/enqueue';
import type { Graph } from '../graph/graph';
import { layoutOps } from '../graph/operations';
import { isLight } from '../graph/textSources';

const pickers: Readonly<Record<string, number>> = { Gather: 1, GatherElements: 1, GatherND: 1, GatherBlockQuantized: 1, OneHot: 0 };
const carrying = new Set([...layoutOps, 'Concat', 'Clip', 'Max', 'Min', 'Mod']);
const walkLimit = 200;

interface Pick extends TableUse {
  /** The rows that were picked. */
  readonly result: string;
}

/** The weights behind copies of a table. */
function tableBehind(graph: Graph, tensor: string): string {
  let name = tensor;
  for (let depth = 0; depth < 8 && !graph.model.initializers.has(name); depth++) {
    const node = graph.maker(name);
    if (!node || !layoutOps.has(node.op)) break;
    name = node.inputs[0] as string;
  }
  return name;
}

/** Everything that the numbers of this input pick. */
export function picksBy(graph: Graph, input: string): Pick[] {
  const found: Pick[] = [];
  const shifts = new Map([[input, 0]]);
  const queue = [input];
  const seen = new Set(queue);
  for (let name = queue.pop(); name !== undefined && seen.size < walkLimit; name = queue.pop()) {
    const shift = shifts.get(name) as number;
    for (const { node, slot } of graph.readers(name)) {
      graph.spend();
      if (pickers[node.op] === slot && !graph.isContent(node.inputs[0] ?? '')) {
        const table = tableBehind(graph, node.inputs[0] as string);
        found.push({ table, shift, result: node.outputs[0] as string, ...rowsIn(graph, table) });
        continue;
      }
      const other = node.inputs[1 - slot] ?? '';
      const moved = (node.op === 'Add' || (node.op === 'Sub' && slot === 0)) && graph.number(other) !== undefined;
      const isCarried = moved || (carrying.has(node.op) && slot === 0) || node.op === 'Concat' || (node.op === 'Add' && isLight(graph, other));
      if (!isCarried) continue;
      const change = moved ? (graph.number(other) as number) * (node.op === 'Sub' ? -1 : 1) : 0;
      for (const output of node.outputs) {
        if (output === '') continue;
        if (!shifts.has(output)) shifts.set(output, shift + change);
        enqueue(output, seen, queue);
      }
    }
  }
  return found;
}

function rowsIn(graph: Graph, table: string): { readonly rows?: number } {
  const shape = graph.shapes.get(table)?.filter((dim) => dim !== 1);
  const rows = shape && shape.length >= 2 ? shape.at(-2) : undefined;
  return rows === undefined ? {} : { rows };
}
