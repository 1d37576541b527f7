// The steps between the product of queries and keys and what softmax receives, in the order of computation.

import type { ScoreStep } from '../../facts/site';
import { bool, float32 } from '../../file/elementTypes';
import type { Graph } from '../../graph/graph';
import { axesAfter } from '../../graph/productAxes';
import { isScalar } from '../../graph/reconvergence';
import { scalarOf } from '../operand';
import type { PathStep, ScorePath } from './scorePath';
import { alignedTerm, roleOf } from './scoreTerms';
import { mergedCaps } from './softCaps';

/** Whatever a node did to the scores, as a term that was added: the difference it made. */
function difference(graph: Graph, step: PathStep, axes: string): ScoreStep {
  const after = step.node.outputs[0] as string;
  const change = graph.sides.add({ op: 'Sub', inputs: [after, step.from] }, graph.types.get(after));
  return { op: 'add', term: [{ tensor: change, axes }], role: 'unknown' };
}

/** What rounding changed; its first half is no step of its own. */
function roundingStep(graph: Graph, step: PathStep, axes: string): ScoreStep[] | undefined {
  const quantiser = graph.maker(step.from);
  if (quantiser?.op !== 'QuantizeLinear') return undefined;
  const [after, before] = [step.node.outputs[0] as string, quantiser.inputs[0] as string];
  const { sides } = graph;
  const type = graph.types.get(after);
  const change = sides.add({ op: 'Sub', inputs: [after, before] }, type);
  // A masked cell that stays −∞ has not changed.
  const isSame = sides.add({ op: 'IsNaN', inputs: [change] }, bool);
  const tensor = sides.add({ op: 'Where', inputs: [isSame, sides.constant([0], [], float32), change] }, type);
  return [{ op: 'add', term: [{ tensor, axes }], role: 'unknown' }];
}

function stepOf(graph: Graph, step: PathStep, axes: string): ScoreStep[] | undefined {
  const { node, from } = step;
  const isFirst = node.inputs[0] === from;
  const other = node.inputs[isFirst ? 1 : 0] ?? '';
  const out = node.outputs[0] as string;
  switch (node.op) {
    case 'Mul':
      return isScalar(graph, other) ? [{ op: 'multiply', by: scalarOf(graph, other) }] : [difference(graph, step, axes)];
    case 'Div':
      return isFirst && isScalar(graph, other) ? [{ op: 'divide', by: scalarOf(graph, other) }] : isFirst ? [difference(graph, step, axes)] : undefined;
    case 'Neg':
      return [{ op: 'multiply', by: { value: -1 } }];
    case 'Tanh':
      return [{ op: 'softcap', cap: { value: 1 } }];
    case 'Add':
      return [{ op: 'add', term: alignedTerm(graph, other, axes, out), role: roleOf(graph, other) }];
    case 'Sum':
      return node.inputs.filter((name) => name !== from).map((name) => ({ op: 'add', term: alignedTerm(graph, name, axes, out), role: roleOf(graph, name) }));
    case 'Sub':
      return isFirst ? [{ op: 'add', term: alignedTerm(graph, other, axes, out), role: roleOf(graph, other), subtract: true }] : undefined;
    case 'DequantizeLinear':
      return roundingStep(graph, step, axes);
    case 'Where':
      return whereStep(graph, step, axes);
    case 'Slice':
    case 'Pad':
    case 'Concat':
    case 'Split':
    case 'ScatterND':
      return undefined;
    default:
      return [];
  }
}

function whereStep(graph: Graph, step: PathStep, axes: string): ScoreStep[] | undefined {
  const [condition, yes, no] = step.node.inputs as [string, string, string];
  const keepWhen = yes === step.from;
  const other = keepWhen ? no : yes;
  if (graph.number(other) === undefined && !isScalar(graph, other)) return graph.isContent(other) ? undefined : [difference(graph, step, axes)];
  return [{ op: 'where', condition: alignedTerm(graph, condition, axes, step.node.outputs[0] as string), keepWhen, otherwise: scalarOf(graph, other) }];
}

/** Steps from the product's result to the scores; undefined where one cannot be told. */
export function stepsAlong(graph: Graph, path: ScorePath, axesOfProduct: string): ScoreStep[] | undefined {
  let axes: string | undefined = axesOfProduct;
  const steps: ScoreStep[] = [];
  for (const step of [...path.steps].reverse()) {
    axes = axes && axesAfter(step.node, axes, graph.rank(step.from));
    const own = axes && stepOf(graph, step, axes);
    if (!own) return undefined;
    steps.push(...own);
  }
  return mergedCaps(steps);
}
