// Other orders of tokens along one axis.

import type { OnnxGraph } from './onnxGraph';
import type { GraphNode } from './onnxParts';

export interface Order {
  readonly name: string;
  make(graph: OnnxGraph, input: string, before: GraphNode, axis: number): string;
}

function slice(graph: OnnxGraph, before: GraphNode, input: string, axis: number, from: number, to: number, step = 1): string {
  return graph.insert(before, 'Slice', [input, graph.int([1], [from]), graph.int([1], [to]), graph.int([1], [axis]), graph.int([1], [step])]);
}

const far = 2 ** 31 - 1;

const movedOn: Order = {
  name: 'moved on by one',
  make: (graph, input, before, axis) =>
    graph.insert(before, 'Concat', [slice(graph, before, input, axis, -1, far), slice(graph, before, input, axis, 0, -1)], { axis }),
};

/** Each gives as many rows as there were, for a text of any length. */
export const orders: readonly Order[] = [
  { name: 'in reverse order', make: (graph, input, before, axis) => slice(graph, before, input, axis, -1, -far, -1) },
  {
    name: 'gathered from the last to the first',
    make(graph, input, before, axis) {
      const length = graph.insert(before, 'Gather', [graph.insert(before, 'Shape', [input]), graph.int([], [axis])]);
      const counted = graph.insert(before, 'Range', [graph.int([], [0]), length, graph.int([], [1])]);
      const last = graph.insert(before, 'Sub', [length, graph.int([], [1])]);
      return graph.insert(before, 'Gather', [input, graph.insert(before, 'Sub', [last, counted])], { axis });
    },
  },
  movedOn,
  {
    name: 'the first one twice, the last one lost',
    make: (graph, input, before, axis) =>
      graph.insert(before, 'Concat', [slice(graph, before, input, axis, 0, 1), slice(graph, before, input, axis, 0, -1)], { axis }),
  },
  {
    name: 'the first two exchanged',
    make: (graph, input, before, axis) =>
      graph.insert(
        before,
        'Concat',
        [slice(graph, before, input, axis, 1, 2), slice(graph, before, input, axis, 0, 1), slice(graph, before, input, axis, 2, far)],
        { axis },
      ),
  },
];

/** Each row becomes the mean of itself and its neighbour: as many as there were, and none is a token's. */
export const pooled: Order = {
  name: 'each mixed with the next one',
  make(graph, input, before, axis) {
    const moved = movedOn.make(graph, input, before, axis);
    return graph.insert(before, 'Mul', [graph.insert(before, 'Add', [input, moved]), graph.float([], [0.5])]);
  },
};
