// Every softmax of a graph: the operator, Exp ÷ sum and Exp of LogSoftmax written out. What it is for is decided elsewhere.

import type { OnnxNode } from '../file/model';
import type { Graph } from '../graph/graph';
import { sameNumbers } from '../stream/stream';

export interface SoftmaxLike {
  /** The operator, or the division that ends the spelled-out form. */
  readonly node: OnnxNode;
  readonly writtenAs: string;
  readonly input: string;
  readonly output: string;
  /** From the end: -1 is the last axis; undefined where it is not certain. */
  readonly axis: number | undefined;
  /** What is added to the sum of the exponentials: the weights of a row sum to less than 1. */
  readonly rest?: string;
}

/** What is added to a sum only to keep it from 0 changes no weight that is shown. */
const epsilonLimit = 1e-5;

function fromEnd(axis: number, rank: number | undefined): number | undefined {
  if (axis < 0) return axis;
  if (rank !== undefined) return axis - rank;
  return axis >= 3 ? -1 : undefined;
}

/** What may be done to a divisor without changing what it divides by. */
const wraps = new Set(['Identity', 'Cast', 'Max', 'Clip', 'Expand', 'Unsqueeze', 'Reshape']);

/** Through copies, casts and added constants (an epsilon), back to a node of one of these kinds. */
function madeBy(graph: Graph, tensor: string, ops: readonly string[]): OnnxNode | undefined {
  let name = tensor;
  for (let depth = 0; depth < 4; depth++) {
    const node = graph.maker(name);
    if (!node || ops.includes(node.op)) return node;
    const content = graph.contentInputs(node);
    if (content.length !== 1 || !(wraps.has(node.op) || node.op === 'Add')) return undefined;
    name = content[0] as string;
  }
  return undefined;
}

/** What exponentials are divided by: their sum over one axis, and what is added to it where it is more than an epsilon. */
interface Divisor {
  readonly sum: OnnxNode;
  readonly rest?: string;
}

/** Back from a divisor to the sum of `exponentials`. */
function divisorOf(graph: Graph, tensor: string, exponentials: string, depth = 0): Divisor | undefined {
  const node = graph.maker(tensor);
  if (!node || depth > 4) return undefined;
  if (node.op === 'ReduceSum') return node.inputs[0] === exponentials ? { sum: node } : undefined;
  if (node.op === 'Add') {
    const [a, b] = node.inputs as [string, string];
    const [inA, inB] = [divisorOf(graph, a, exponentials, depth + 1), divisorOf(graph, b, exponentials, depth + 1)];
    const inner = inA ?? inB;
    if (!inner || (inA && inB) || inner.rest !== undefined) return undefined;
    const rest = inA ? b : a;
    const value = graph.number(rest);
    return value !== undefined && Math.abs(value) < epsilonLimit ? inner : { ...inner, rest };
  }
  const content = graph.contentInputs(node);
  return wraps.has(node.op) && content.length === 1 ? divisorOf(graph, content[0] as string, exponentials, depth + 1) : undefined;
}

function axisOfReduction(graph: Graph, node: OnnxNode): number | undefined {
  const axes = node.attributes.get('axes')?.ints ?? graph.constant(node.inputs[1] ?? '')?.numbers;
  return axes?.length === 1 ? fromEnd(axes[0] as number, graph.rank(node.inputs[0] ?? '')) : undefined;
}

/** Exp(x) / ReduceSum(Exp(x)), also as a product with the reciprocal. */
function spelledOut(graph: Graph, node: OnnxNode): SoftmaxLike | undefined {
  for (const [top, below] of [
    [node.inputs[0], node.inputs[1]],
    [node.inputs[1], node.inputs[0]],
  ] as const) {
    if (top === undefined || below === undefined || (node.op === 'Div' && top !== node.inputs[0])) continue;
    const exponential = graph.maker(top);
    if (exponential?.op !== 'Exp') continue;
    const reciprocal = node.op === 'Mul' ? madeBy(graph, below, ['Reciprocal', 'Div']) : undefined;
    const isInverse = reciprocal && (reciprocal.op === 'Reciprocal' || graph.number(reciprocal.inputs[0] ?? '') === 1);
    const divisor = node.op === 'Div' ? below : isInverse ? reciprocal.inputs.at(-1) : undefined;
    const found = divisor === undefined ? undefined : divisorOf(graph, divisor, top);
    const axis = found && axisOfReduction(graph, found.sum);
    if (!found || axis === undefined) continue;
    return {
      node,
      writtenAs: 'Exp ÷ ReduceSum',
      input: exponential.inputs[0] as string,
      output: node.outputs[0] as string,
      axis,
      ...(found.rest !== undefined && { rest: found.rest }),
    };
  }
  return undefined;
}

/** The node that sums the exponentials of `scores` on the way to their logarithm: ReduceLogSumExp, or Log of ReduceSum of Exp. */
function logSumOf(graph: Graph, tensor: string, scores: string): OnnxNode | undefined {
  const node = madeBy(graph, tensor, ['ReduceLogSumExp', 'Log', 'Add']);
  if (node?.op === 'ReduceLogSumExp') return node.inputs[0] === scores ? node : undefined;
  if (node?.op === 'Log') {
    const sum = madeBy(graph, node.inputs[0] ?? '', ['ReduceSum']);
    const exponential = sum && graph.maker(sum.inputs[0] ?? '');
    return exponential?.op === 'Exp' && exponential.inputs[0] === scores ? sum : undefined;
  }
  // m + log Σ exp(x − m)
  if (node?.op !== 'Add') return undefined;
  for (const [one, other] of [node.inputs, [...node.inputs].reverse()] as [string, string][]) {
    const less = graph.readers(scores).find((reader) => reader.node.op === 'Sub' && reader.slot === 0 && reader.node.inputs[1] === other)?.node;
    const found = less && logSumOf(graph, one, less.outputs[0] as string);
    if (found) return found;
  }
  return undefined;
}

/** Exp(x − log Σ exp(x)) */
function ofLogSum(graph: Graph, node: OnnxNode): SoftmaxLike | undefined {
  const less = graph.maker(node.inputs[0] ?? '');
  const [input, sum] = less?.inputs ?? [];
  if (less?.op !== 'Sub' || input === undefined || sum === undefined) return undefined;
  const found = logSumOf(graph, sum, input);
  return found && { node, writtenAs: 'Exp of x − log Σ exp', input, output: node.outputs[0] as string, axis: axisOfReduction(graph, found) };
}

/** The axis of Softmax and LogSoftmax, counted from the end. */
function axisOf(graph: Graph, node: OnnxNode): number | undefined {
  const opset = graph.model.opsets.get('') ?? 0;
  return fromEnd(node.attributes.get('axis')?.int ?? (opset >= 13 ? -1 : 1), graph.rank(node.inputs[0] as string));
}

/** Exp(LogSoftmax(x)) */
function ofLogarithms(graph: Graph, node: OnnxNode): SoftmaxLike | undefined {
  const inner = madeBy(graph, node.inputs[0] ?? '', ['LogSoftmax']);
  if (inner?.op !== 'LogSoftmax' || sameNumbers(graph, node.inputs[0] as string) !== inner.outputs[0]) return undefined;
  return {
    node,
    writtenAs: 'Exp of LogSoftmax',
    input: inner.inputs[0] as string,
    output: node.outputs[0] as string,
    axis: axisOf(graph, inner),
  };
}

/** All of them, in order of computation. */
export function findSoftmaxes(graph: Graph): SoftmaxLike[] {
  return graph.model.nodes.flatMap((node): SoftmaxLike[] => {
    if (node.op === 'Exp') {
      const found = ofLogarithms(graph, node) ?? ofLogSum(graph, node);
      return found ? [found] : [];
    }
    if (node.op === 'Div' || node.op === 'Mul') {
      const found = spelledOut(graph, node);
      return found ? [found] : [];
    }
    if (node.op !== 'Softmax' || graph.isConstant(node.inputs[0] ?? '')) return [];
    const input = node.inputs[0] as string;
    return [{ node, writtenAs: 'Softmax', input, output: node.outputs[0] as string, axis: axisOf(graph, node) }];
  });
}

/**
 * The number that is taken off a whole row, and the row without that; undefined where none is. Whichever row it is the largest value of:
 * that the weights are those of the row without it is what check 2 tells.
 */
function stabiliserOf(graph: Graph, tensor: string): { readonly scores: string; readonly largest: string } | undefined {
  const node = graph.maker(tensor);
  const [scores, largest] = node?.inputs ?? [];
  if (node?.op !== 'Sub' || scores === undefined || largest === undefined) return undefined;
  return madeBy(graph, largest, ['ReduceMax']) ? { scores, largest } : undefined;
}

/** Without the subtraction of the row's largest value, which changes no weight. */
export function withoutStabilising(graph: Graph, tensor: string): string {
  return stabiliserOf(graph, tensor)?.scores ?? tensor;
}

/**
 * The scores of a softmax with more in its sum than their exponentials, and the logit of that rest: ln c of a number c, 0 where the rest is
 * exp(−m) and m was taken off the scores. Undefined where it is another for each row.
 */
export function scoresWithRest(graph: Graph, input: string, rest: string): { readonly scores: string; readonly logit: number } | undefined {
  const value = graph.number(rest);
  if (value !== undefined) return value > 0 ? { scores: input, logit: Math.log(value) } : undefined;
  const taken = stabiliserOf(graph, input);
  const exponential = madeBy(graph, rest, ['Exp']);
  const negated = exponential && graph.maker(exponential.inputs[0] ?? '');
  const isOpposite = negated?.op === 'Neg' || (negated?.op === 'Sub' && graph.number(negated.inputs[0] ?? '') === 0);
  return taken && isOpposite && negated.inputs.at(-1) === taken.largest ? { scores: taken.scores, logit: 0 } : undefined;
}
