// The graph of a model with its text marked, built once per model.

import type { OnnxModel } from '../file/model';
import { Graph } from './graph';
import { textSources } from './textSources';

const graphs = new WeakMap<OnnxModel, Graph>();

/** Problem onnxTooLarge where building it would take too long. */
export function graphOf(model: OnnxModel): Graph {
  const known = graphs.get(model);
  if (known) {
    // What is asked of a model during its life is counted each time anew.
    known.startCounting();
    return known;
  }
  const graph = new Graph(model);
  graph.markContent(textSources(graph));
  graphs.set(model, graph);
  return graph;
}
