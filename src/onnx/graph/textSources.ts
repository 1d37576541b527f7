// Which inputs of a graph carry text: token ids that are looked up in a table, and float tensors that reach a product.
// Only from what the graph does with an input, never from its name.

import { floatTypes } from '../file/elementTypes';
import { feedsLayers } from './firstLayers';
import type { Graph } from './graph';
import { lookupsBy } from './lookups';

/** Whether states [batch, token, width] are weighted and summed without any layer before: a product written as Mul and ReduceSum. */
function isSummedProduct(graph: Graph, input: string): boolean {
  return graph.readers(input).some(({ node }) => node.op === 'Mul' && graph.readers(node.outputs[0] ?? '').some((reader) => reader.node.op === 'ReduceSum'));
}

/** Names of the inputs that carry text. */
export function textSources(graph: Graph): string[] {
  return graph.model.inputs.flatMap((input) => {
    const isStates = input.dims?.length === 3 && isSummedProduct(graph, input.name);
    // Some exporters declare ids as floats and cast them.
    const isText =
      (floatTypes.has(input.type) && (isStates || feedsLayers(graph, input.name))) ||
      lookupsBy(graph, input.name).some((lookup) => feedsLayers(graph, lookup.result));
    return isText ? [input.name] : [];
  });
}
