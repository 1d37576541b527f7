// Where the numbers of an input pick rows: of a table of weights by Gather, GatherElements or GatherND, moved by a constant before.

import type { TableUse } from '../facts/inputs';
import { isLight } from '../graph/firstLayers';
import type { Graph } from '../graph/graph';
import { having, layoutOps, pickingSlot } from '../graph/operations';
import { walkDown } from '../graph/walk';

const carrying = new Set([...having('layout', 'bound'), 'Concat', 'Mod']);
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

/** The numbers of an input, moved by a constant. */
interface Shifted {
  readonly name: string;
  readonly shift: number;
}

/** Everything that the numbers of this input pick. */
export function picksBy(graph: Graph, input: string): Pick[] {
  const found: Pick[] = [];
  const start: Shifted = { name: input, shift: 0 };
  walkDown(graph, [start], { limit: walkLimit, order: 'depth' }, ({ node, slot }, { shift }, go) => {
    if (pickingSlot(node) === slot && !graph.isContent(node.inputs[0] ?? '')) {
      const table = tableBehind(graph, node.inputs[0] as string);
      found.push({ table, shift, result: node.outputs[0] as string, ...rowsIn(graph, table) });
      return undefined;
    }
    const other = node.inputs[1 - slot] ?? '';
    const moved = (node.op === 'Add' || (node.op === 'Sub' && slot === 0)) && graph.number(other) !== undefined;
    const isCarried = moved || (carrying.has(node.op) && slot === 0) || node.op === 'Concat' || (node.op === 'Add' && isLight(graph, other));
    const change = moved ? (graph.number(other) as number) * (node.op === 'Sub' ? -1 : 1) : 0;
    return isCarried ? go(node.outputs.map((name) => ({ name, shift: shift + change }))) : undefined;
  });
  return found;
}

function rowsIn(graph: Graph, table: string): { readonly rows?: number } {
  const shape = graph.shapes.get(table)?.filter((dim) => dim !== 1);
  const rows = shape && shape.length >= 2 ? shape.at(-2) : undefined;
  return rows === undefined ? {} : { rows };
}
