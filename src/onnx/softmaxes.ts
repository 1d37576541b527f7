// Every softmax of a graph: the operator, Exp ÷ sum and Exp of LogSoftmax written out. What it is for is decided elsewhere.

import type { Graph } from './graph';
import type { OnnxNode } from './model';
import { sameNumbers } from './stream';

export interface SoftmaxLike {
  /** The operator, or the division that ends the spelled-out form. */
  readonly node: OnnxNode;
  readonly writtenAs: string;
  readonly input: string;
  readonly output: string;
  /** From the end: -1 is the last axis; undefined where it is not certain. */
  readonly axis: number | undefined;
}

function fromEnd(axis: number, rank: number | undefined): number | undefined {
  if (axis < 0) return axis;
  if (rank !== undefined) return axis - rank;
  return axis >= 3 ? -1 : undefined;
}

/** Through copies, casts and added constants (an epsilon), back to a node of one of these kinds. */
function madeBy(graph: Graph, tensor: string, ops: readonly string[]): OnnxNode | undefined {
  let name = tensor;
  for (let depth = 0; depth < 4; depth++) {
    const node = graph.maker(name);
    if (!node || ops.includes(node.op)) return node;
    const content = graph.contentInputs(node);
    if (content.length !== 1 || !['Identity', 'Cast', 'Add', 'Max', 'Clip', 'Expand', 'Unsqueeze', 'Reshape'].includes(node.op)) return undefined;
    name = content[0] as string;
  }
  return undefined;
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
    const reciprocal = node.op === 'Mul' ? madeBy(graph, below, ['Reciprocal']) : undefined;
    const sum = node.op === 'Div' ? madeBy(graph, below, ['ReduceSum']) : reciprocal && madeBy(graph, reciprocal.inputs[0] ?? '', ['ReduceSum']);
    if (!sum || sum.inputs[0] !== top) continue;
    const axes = sum.attributes.get('axes')?.ints ?? graph.constant(sum.inputs[1] ?? '')?.numbers;
    if (axes?.length !== 1) continue;
    return {
      node,
      writtenAs: 'Exp ÷ ReduceSum',
      input: exponential.inputs[0] as string,
      output: node.outputs[0] as string,
      axis: fromEnd(axes[0] as number, graph.rank(top)),
    };
  }
  return undefined;
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
      const found = ofLogarithms(graph, node);
      return found ? [found] : [];
    }
    if (node.op === 'Div' || node.op === 'Mul') {
      const found = spelledOut(graph, node);
      return found ? [found] : [];
    }
    if (node.op !== 'Softmax' || !graph.isContent(node.inputs[0] ?? '')) return [];
    const input = node.inputs[0] as string;
    return [{ node, writtenAs: 'Softmax', input, output: node.outputs[0] as string, axis: axisOf(graph, node) }];
  });
}

/** Without the subtraction of the row's largest value, which changes no weight. */
export function withoutStabilising(graph: Graph, tensor: string): string {
  const node = graph.maker(tensor);
  if (node?.op !== 'Sub') return tensor;
  const largest = madeBy(graph, node.inputs[1] ?? '', ['ReduceMax']);
  return largest && largest.inputs[0] === node.inputs[0] ? (node.inputs[0] as string) : tensor;
}
