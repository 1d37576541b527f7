// Whether a site's mask hides later tokens, as far as the graph proves it. Otherwise unknown: a perturbation run decides.

import type { FoundSite } from '../facts/foundSite';
import type { Graph } from '../graph/graph';

/** Operations by which a mask can tell positions apart. */
const positional = new Set(['Range', 'Trilu', 'CumSum', 'EyeLike', 'OneHot', 'NonZero', 'Scan', 'Loop', 'If', 'ScatterND', 'ScatterElements', 'Concat', 'Pad']);

/** true: never reads later tokens; false: no mask, or one that depends on the key alone; undefined: not told by the graph. */
export function causalityOf(graph: Graph, site: FoundSite): boolean | undefined {
  if (site.isCausal !== undefined) return site.isCausal;
  if (!site.maskTensors) return undefined;
  const seen = new Set<string>();
  const queue = [...site.maskTensors];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    graph.spend();
    const shape = graph.shapes.get(name);
    const node = graph.maker(name);
    if (graph.isConstant(name) && (!shape || shape.slice(-2).filter((dim) => dim !== 1).length > 1)) return undefined;
    if (!node || graph.isConstant(name)) continue;
    if (node.op === 'Shape' || node.op === 'Size') continue;
    if (positional.has(node.op) && !isShapeArithmetic(graph, name)) return undefined;
    for (const input of [...node.inputs, ...node.implicit]) if (input !== '') queue.push(input);
  }
  return false;
}

/** Concat of single numbers is how exporters write a shape. */
function isShapeArithmetic(graph: Graph, tensor: string): boolean {
  return graph.rank(tensor) === 1 && graph.maker(tensor)?.op === 'Concat';
}
