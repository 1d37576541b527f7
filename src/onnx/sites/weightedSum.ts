// The sum of values by the weights of a softmax that is written as a product, or as Mul and ReduceSum over the keys.

import type { CaptureRef } from '../facts/captures';
import type { OnnxNode } from '../file/model';
import type { Graph } from '../graph/graph';
import { layoutOps } from '../graph/operations';
import { productAxes, relettered } from '../graph/productAxes';
import { walkDown } from '../graph/walk';

interface Sum {
  readonly node: OnnxNode;
  readonly pattern: CaptureRef;
  readonly value: CaptureRef;
  readonly z: CaptureRef;
}

function asProduct(graph: Graph, node: OnnxNode, name: string): Sum | undefined {
  const axes = graph.isProduct(node) ? productAxes(node) : undefined;
  if (!axes || axes.leftName === axes.rightName) return undefined;
  const isLeft = axes.leftName === name;
  const letters = isLeft ? { r: 'q', c: 'k', n: 'e' } : { r: 'e', c: 'k', n: 'q' };
  const ref = (tensor: string, own: string): CaptureRef => [{ tensor, axes: relettered(own, letters) }];
  const [pattern, value] = [ref(axes.leftName, axes.left), ref(axes.rightName, axes.right)];
  return { node, pattern: isLeft ? pattern : value, value: isLeft ? value : pattern, z: ref(axes.outName, axes.out) };
}

/** P · H as Mul, then ReduceSum over the keys. */
function asSum(graph: Graph, node: OnnxNode, name: string): Sum | undefined {
  const other = node.inputs.find((input) => input !== name);
  const [reader] = graph.readers(node.outputs[0] ?? '');
  if (node.op !== 'Mul' || other === undefined || !graph.isContent(other) || reader?.node.op !== 'ReduceSum') return undefined;
  const rank = Math.max(graph.rank(name) ?? 0, graph.rank(other) ?? 0) || 3;
  const axes = reader.node.attributes.get('axes')?.ints ?? graph.constant(reader.node.inputs[1] ?? '')?.numbers ?? [];
  const axis = axes[0] === undefined ? undefined : axes[0] < 0 ? axes[0] : axes[0] - rank;
  if (axes.length !== 1 || axis !== -2) return undefined;
  const keeps = (reader.node.attributes.get('keepdims')?.int ?? 1) !== 0;
  const isStep = rank === 3;
  const z = isStep ? (keeps ? '*qe' : 'qe') : keeps ? '*q1e' : '*qe';
  return {
    node: reader.node,
    pattern: [{ tensor: name, axes: isStep ? '*kq' : '*qk1' }],
    value: [{ tensor: other, axes: isStep ? '*ke' : '*1ke' }],
    z: [{ tensor: reader.node.outputs[0] as string, axes: z }],
  };
}

/** Where the weights are after some arrangements. */
interface Arranged {
  readonly name: string;
  readonly depth: number;
}

/** Undefined where nothing is summed so. */
export function weightedSum(graph: Graph, output: string): Sum | undefined {
  const start: Arranged = { name: output, depth: 0 };
  return walkDown(graph, [start], {}, ({ node, slot }, { name, depth }, go) => {
    const sum = asProduct(graph, node, name) ?? asSum(graph, node, name);
    const passes = layoutOps.has(node.op) && slot === 0 && depth < 6;
    return sum ?? (passes ? go([{ name: node.outputs[0] as string, depth: depth + 1 }]) : undefined);
  });
}
