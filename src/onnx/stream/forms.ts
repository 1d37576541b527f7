// The tensor that another is a mere form of: the same numbers copied, cast or arranged anew, rounded, or times one constant.

import type { Graph } from '../graph/graph';
import { layoutOps, roundingOps } from '../graph/operations';
import { isScalar } from '../graph/reconvergence';

/** Back through copies, casts and reshapes, and through constant factors and roundings where asked for. */
function formBehind(graph: Graph, tensor: string, passes: { readonly factors: boolean; readonly roundings: boolean }): string {
  let name = tensor;
  for (let depth = 0; depth < 16; depth++) {
    const node = graph.maker(name);
    if (!node) return name;
    const content = graph.contentInputs(node);
    const isFactor =
      passes.factors && (node.op === 'Mul' || node.op === 'Div') && node.inputs.some((input) => !graph.isContent(input) && isScalar(graph, input));
    const isForm = layoutOps.has(node.op) && node.op !== 'Gather' && node.op !== 'Split' && node.op !== 'Slice';
    const isRounding = passes.roundings && roundingOps.has(node.op);
    if (content.length !== 1 || !(isForm || isFactor || isRounding)) return name;
    name = content[0] as string;
  }
  return name;
}

/** Back through copies, casts, reshapes, constant factors and roundings: the tensor that `tensor` is a mere form of. */
export function plainForm(graph: Graph, tensor: string): string {
  return formBehind(graph, tensor, { factors: true, roundings: true });
}

/** Back through copies, casts and reshapes: the tensor whose numbers `tensor` holds. */
export function sameNumbers(graph: Graph, tensor: string): string {
  return formBehind(graph, tensor, { factors: false, roundings: false });
}

/** Back through copies, casts, reshapes and roundings, but no factor. */
export function beforeRoundings(graph: Graph, tensor: string): string {
  return formBehind(graph, tensor, { factors: false, roundings: true });
}
