// What the graph does with an input before any layer, and what depends on it at all.

import type { Graph } from '../graph/graph';
import { layoutOps, measures } from '../graph/operations';
import { reached, walkDown, walkUp } from '../graph/walk';
import type { RoleContext } from './foundRole';

/** Operations of all nodes that are reached from an input without going through a layer or a product. */
interface Traces {
  readonly ops: ReadonlySet<string>;
  /** `op:slot` of the nodes that read the input itself or a mere form of it. */
  readonly first: ReadonlySet<string>;
}

/** What is made by these tells nothing more of an input. */
const endsTrace = new Set([...measures, 'Softmax', 'Gemm', 'Cos', 'Sin']);

/** A tensor that an input was made into, and whether it is a mere form of it. */
interface Trace {
  readonly name: string;
  readonly isForm: boolean;
}

export function tracesOf(graph: Graph, input: string): Traces {
  const ops = new Set<string>();
  const first = new Set<string>();
  const start: Trace = { name: input, isForm: true };
  walkDown(graph, [start], { limit: 400 }, ({ node, slot }, { name, isForm }, go) => {
    ops.add(node.op);
    if (isForm) first.add(`${node.op}:${slot}`);
    if (endsTrace.has(node.op)) return undefined;
    const outputs = node.outputs.filter((one) => graph.isContent(one) === graph.isContent(name));
    return go(outputs.map((one) => ({ name: one, isForm: isForm && layoutOps.has(node.op) && slot === 0 })));
  });
  return { ops, first };
}

/** Whether `tensor` depends on `input` at all, also by way of comparisons and conditions. */
export function reads(graph: Graph, tensor: string, input: string): boolean {
  const found = walkUp(graph, [tensor], { order: 'depth' }, (node, name, go) => {
    if (name === input) return true;
    return !node || graph.isContent(name) || measures.has(node.op) ? undefined : go([...node.inputs, ...node.implicit]);
  });
  return found ?? false;
}

/** Everything that an attention or an answer is made from, also by way of shapes and conditions. */
export function everythingShown(graph: Graph, context: RoleContext): ReadonlySet<string> {
  const shown = [
    ...context.found.flatMap(({ at, mixed, querySource, keySource, valueSource }) => [...at.inputs, mixed, querySource, keySource, valueSource]),
    ...graph.model.outputs.map((output) => output.name).filter((name) => graph.isContent(name)),
  ];
  return reached(graph, shown, {}, (name) => {
    const node = graph.maker(name);
    return node ? [...node.inputs, ...node.implicit] : [];
  });
}
