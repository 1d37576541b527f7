// Back from what stands beside exponentials, through what does not change what it is.

import type { OnnxNode } from '../../file/model';
import type { Graph } from '../../graph/graph';

/** What may be done to a divisor without changing what it divides by. */
export const wraps = new Set(['Identity', 'Cast', 'Max', 'Clip', 'Expand', 'Unsqueeze', 'Reshape']);

/** Through copies, casts and added constants (an epsilon), back to a node of one of these kinds. */
export function madeBy(graph: Graph, tensor: string, ops: readonly string[]): OnnxNode | undefined {
  let name = tensor;
  for (let depth = 0; depth < 4; depth++) {
    const node = graph.maker(name);
    if (!node || ops.includes(node.op)) return node;
    const content = graph.contentInputs(node);
    if (content.length !== 1 || !(wraps.has(node.op) || node.op === 'Add')) return undefined;
    name = content[0] as string;
  }
  return undefined;
}
