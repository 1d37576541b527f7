// From the head mix to the first linear layer that the merged heads enter.

import type { Linear } from '../facts/linear';
import type { OnnxNode } from '../file/model';
import type { Graph } from '../graph/graph';
import { having, layoutOps, roundingOps } from '../graph/operations';
import { isScalar } from '../graph/reconvergence';
import { walkDown } from '../graph/walk';
import { linearAt } from '../weights/linear';
import { cloned } from './operand';

const merging = new Set([...having('layout', 'rounding', 'norm'), 'DynamicQuantizeLinear', 'Where', 'Mul', 'Concat']);

export interface Projected {
  readonly node: OnnxNode;
  readonly linear: Linear;
  /** What stands between the heads and the projection, in words; undefined: only their arrangement. */
  readonly between?: string;
  readonly concat?: OnnxNode;
  /** True where the rows of the stream are [token, 1, width] instead of [1, token, width]. */
  readonly isTokenFirst: boolean;
}

/** A node on the way from the head mix to the output projection, and the input by which the heads come. */
interface Step {
  readonly node: OnnxNode;
  readonly from: string;
}

/** Whether a step changes the numbers of each head alone: by rounding, or by a factor or gate for each of them. */
const isChange = ({ node }: Step) => roundingOps.has(node.op) || node.op === 'Mul';

/**
 * Where the heads are rounded or multiplied on the way, the layer's input is the merged heads as they were before, and what it sees is
 * said beside: the arranging nodes are repeated as side nodes without what changes the numbers.
 */
function unchangedOnTheWay(graph: Graph, linear: Linear, mixed: string, path: readonly Step[]): Linear {
  const isPlain = path.every((step) => layoutOps.has(step.node.op) || isChange(step));
  const isChanged = path.some((step) => isChange(step) && step.node.op !== 'QuantizeLinear');
  if (!isPlain || linear.inputAsSeen || !isChanged) return linear;
  const names = new Map([[mixed, mixed]]);
  for (const step of path) {
    const { node, from } = step;
    const output = node.outputs[0] as string;
    const merged = names.get(from) as string;
    names.set(output, isChange(step) ? merged : cloned(graph, node, output, (input) => (input === from ? merged : input)));
  }
  const input = names.get(linear.input.tensor);
  const isMultiplied = path.some(({ node }) => node.op === 'Mul');
  return input === undefined
    ? linear
    : { ...linear, input: { ...linear.input, tensor: input }, inputAsSeen: linear.input, ...(isMultiplied && { isMultiplied }) };
}

/** A tensor on the way from the head mix, and what was passed until there. */
interface Passed {
  readonly name: string;
  readonly path: readonly Step[];
  readonly isTokenFirst: boolean;
  readonly between?: string;
  readonly concat?: OnnxNode;
}

/** What a node puts between the heads and the projection, in words; undefined: it only arranges them. */
function hindrance(graph: Graph, node: OnnxNode): string | undefined {
  if (node.op === 'Concat') return graph.contentInputs(node).length > 1 ? 'another branch' : undefined;
  if (node.op.endsWith('Normalization')) return 'a norm';
  if (node.op !== 'Mul') return undefined;
  if (node.inputs.every((name) => graph.isContent(name))) return 'a gate';
  return node.inputs.some((name) => isScalar(graph, name)) ? undefined : 'a factor';
}

/** Through a node, to one of its outputs. */
function passedThrough(graph: Graph, node: OnnxNode, from: Passed, name: string): Passed {
  const between = from.between ?? hindrance(graph, node);
  const concat = from.concat ?? (node.op === 'Concat' ? node : undefined);
  const perm = node.op === 'Transpose' ? (node.attributes.get('perm')?.ints ?? []) : [];
  // [1, head, token, e] and [head, token, e]: tokens are the last axis but one.
  const isTokenFirst = perm.length > 0 ? perm[0] === perm.length - 2 : from.isTokenFirst;
  return { name, path: [...from.path, { node, from: from.name }], isTokenFirst, ...(between && { between }), ...(concat && { concat }) };
}

/** The linear layer that the heads enter; undefined where it cannot be described as a matrix. */
function projectedAt(graph: Graph, node: OnnxNode, mixed: string, passed: Passed): Projected | undefined {
  const { path, isTokenFirst, between, concat } = passed;
  const linear = linearAt(graph, node);
  const own = linear && unchangedOnTheWay(graph, linear, mixed, path);
  return own && { node, linear: own, isTokenFirst, ...(between && !own.inputAsSeen && { between }), ...(concat && { concat }) };
}

/** The first linear layer that the head mix goes into. */
export function findProjection(graph: Graph, mixed: string): Projected | undefined {
  const start: Passed = { name: mixed, path: [], isTokenFirst: false };
  const last = walkDown(graph, [start], {}, ({ node, slot }, passed, go) => {
    if (graph.linearSlot(node) === slot) return { node, passed };
    if (!merging.has(node.op) || passed.path.length >= 20 || !graph.contentInputs(node).includes(passed.name)) return undefined;
    return go(node.outputs.map((name) => passedThrough(graph, node, passed, name)));
  });
  return last && projectedAt(graph, last.node, mixed, last.passed);
}
