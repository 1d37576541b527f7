// From what softmax receives back to the product of queries and keys, and the steps between them in the order of computation.

import type { CaptureRef } from '../facts/captures';
import type { ScoreStep } from '../facts/site';
import type { OnnxNode } from '../file/model';
import type { Graph } from '../graph/graph';
import { having } from '../graph/operations';
import { axesAfter, axesBefore } from '../graph/productAxes';
import { isScalar } from '../graph/reconvergence';
import { walkUp } from '../graph/walk';
import { scalarOf } from './operand';

/** One node between the product and the scores, and the input through which the product comes. */
export interface PathStep {
  readonly node: OnnxNode;
  readonly from: string;
}

export interface ScorePath {
  readonly product: OnnxNode;
  /** From the scores down to the product. */
  readonly steps: readonly PathStep[];
}

const passing = new Set([
  ...having('sum', 'factor', 'bound', 'copy', 'reshaping', 'rounding'),
  ...['Where', 'Tanh', 'Neg', 'Concat', 'Slice', 'Split', 'Pad', 'Expand', 'Transpose', 'CastLike', 'ScatterND'],
]);
const detours = new Set(['Slice', 'Pad', 'Concat', 'Split', 'Expand', 'ScatterND']);
const candidateLimit = 8;
const deepest = 24;

/** Products of two tensors of text from which `scores` is made, best first. */
export function findScorePaths(graph: Graph, scores: string): ScorePath[] {
  const found: ScorePath[] = [];
  const seen = new Set<string>();
  const visit = (tensor: string, steps: readonly PathStep[]): void => {
    graph.spend();
    const node = graph.maker(tensor);
    if (!node || seen.has(tensor) || found.length >= candidateLimit || steps.length > deepest) return;
    seen.add(tensor);
    if (graph.isProduct(node)) found.push({ product: node, steps });
    else if (passing.has(node.op)) for (const from of graph.contentInputs(node)) visit(from, [...steps, { node, from }]);
  };
  visit(scores, []);
  const cost = (path: ScorePath) => path.steps.reduce((sum, { node }) => sum + (detours.has(node.op) ? 20 : 1), 0);
  return found.sort((a, b) => cost(a) - cost(b));
}

/** The first node back from the scores that is neither a step nor a product of two tensors of text; undefined where all end in inputs. */
export function whereScoresEnd(graph: Graph, scores: string): OnnxNode | undefined {
  return walkUp(graph, [scores], { limit: 200 }, (node, _, go) => {
    if (!node) return undefined;
    return passing.has(node.op) ? go(graph.contentInputs(node)) : node;
  });
}

/** Axes of the product's result from those of the scores; undefined where a step hides them. */
export function axesAtProduct(graph: Graph, path: ScorePath, scoresAxes: string): string | undefined {
  let axes: string | undefined = scoresAxes;
  for (const { node, from } of path.steps) axes = axes && axesBefore(node, axes, graph.rank(from));
  return axes;
}

/** A term that is added, with the axes it has when it is aligned with a tensor of these axes. */
export function alignedTerm(graph: Graph, name: string, axes: string, whole: string): CaptureRef {
  const rank = graph.rank(name);
  const wholeRank = graph.rank(whole);
  const isGrouped = (wholeRank ?? 4) > 4;
  const named = axes.replace('*', '');
  if (rank !== undefined && !isGrouped && rank <= named.length) return [{ tensor: name, axes: rank === 0 ? '' : named.slice(-rank) }];
  if (rank !== undefined && !isGrouped && axes.includes('*')) return [{ tensor: name, axes }];
  const { sides } = graph.model;
  const shape = sides.add({ op: 'Shape', inputs: [whole] }, 7);
  return [{ tensor: sides.add({ op: 'Expand', inputs: [name, shape] }, graph.types.get(name)), axes }];
}

/** Whatever a node did to the scores, as a term that was added: the difference it made. */
function difference(graph: Graph, step: PathStep, axes: string): ScoreStep {
  const after = step.node.outputs[0] as string;
  const change = graph.model.sides.add({ op: 'Sub', inputs: [after, step.from] }, graph.types.get(after));
  return { op: 'add', term: [{ tensor: change, axes }], role: 'unknown' };
}

/** What rounding changed; its first half is no step of its own. */
function roundingStep(graph: Graph, step: PathStep, axes: string): ScoreStep[] | undefined {
  const quantiser = graph.maker(step.from);
  if (quantiser?.op !== 'QuantizeLinear') return undefined;
  const [after, before] = [step.node.outputs[0] as string, quantiser.inputs[0] as string];
  const { sides } = graph.model;
  const type = graph.types.get(after);
  const change = sides.add({ op: 'Sub', inputs: [after, before] }, type);
  // A masked cell that stays −∞ has not changed.
  const isSame = sides.add({ op: 'IsNaN', inputs: [change] }, 9);
  const tensor = sides.add({ op: 'Where', inputs: [isSame, sides.constant([0], [], 1), change] }, type);
  return [{ op: 'add', term: [{ tensor, axes }], role: 'unknown' }];
}

/** What a term is: a mask where it holds very negative numbers, a bias where it comes from weights. */
function roleOf(graph: Graph, name: string): 'bias' | 'mask' | 'unknown' {
  if (graph.isContent(name)) return 'bias';
  let hasWeights = false;
  for (const one of graph.ancestors(name)) {
    const numbers = graph.isConstant(one) && (graph.shapes.get(one)?.length ?? 0) === 0 ? graph.constant(one)?.numbers : undefined;
    if (numbers?.some((value) => value <= -1000)) return 'mask';
    if (graph.model.initializers.has(one) && (graph.rank(one) ?? 0) >= 2) hasWeights = true;
  }
  return hasWeights ? 'bias' : 'unknown';
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

const factorValue = (step: ScoreStep | undefined) =>
  step && (step.op === 'divide' || step.op === 'multiply') && 'value' in step.by ? step.by.value : undefined;

/** x / c, tanh, · c becomes one soft cap. */
function mergedCaps(steps: readonly ScoreStep[]): ScoreStep[] {
  const result: ScoreStep[] = [];
  for (let i = 0; i < steps.length; i++) {
    const [before, cap, after] = [steps[i], steps[i + 1], steps[i + 2]];
    const value = factorValue(after);
    const isCap =
      cap?.op === 'softcap' &&
      value !== undefined &&
      after?.op === 'multiply' &&
      ((before?.op === 'divide' && factorValue(before) === value) || (before?.op === 'multiply' && Math.abs((factorValue(before) ?? 0) * value - 1) < 1e-6));
    if (isCap) {
      result.push({ op: 'softcap', cap: { value } });
      i += 2;
    } else result.push(steps[i] as ScoreStep);
  }
  return result;
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
