// Whether a site's mask hides later tokens, as far as the graph proves it. Otherwise unknown: a perturbation run decides.

import type { FoundSite } from '../facts/foundSite';
import type { Graph } from '../graph/graph';
import { measures } from '../graph/operations';
import { walkUp } from '../graph/walk';

/** Operations by which a mask can tell positions apart. */
const positional = new Set(['Range', 'Trilu', 'CumSum', 'EyeLike', 'OneHot', 'NonZero', 'Scan', 'Loop', 'If', 'ScatterND', 'ScatterElements', 'Concat', 'Pad']);

/** true: never reads later tokens; false: no mask, or one that depends on the key alone; undefined: not told by the graph. */
export function causalityOf(graph: Graph, site: FoundSite): boolean | undefined {
  if (site.isCausal !== undefined) return site.isCausal;
  if (!site.maskTensors) return undefined;
  const isTold = walkUp(graph, site.maskTensors, {}, (node, name, go) => {
    const shape = graph.shapes.get(name);
    if (graph.isConstant(name)) return !shape || shape.slice(-2).filter((dim) => dim !== 1).length > 1 ? false : undefined;
    if (!node || measures.has(node.op)) return undefined;
    return positional.has(node.op) && !isShapeArithmetic(graph, name) ? false : go([...node.inputs, ...node.implicit]);
  });
  return isTold === undefined ? false : undefined;
}

/** Concat of single numbers is how exporters write a shape. */
function isShapeArithmetic(graph: Graph, tensor: string): boolean {
  return graph.rank(tensor) === 1 && graph.maker(tensor)?.op === 'Concat';
}
