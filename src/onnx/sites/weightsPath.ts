// The way from a softmax to the tensor that its weights are multiplied with: what may stand between, and what is said where none follows.

import { bool } from '../file/elementTypes';
import type { OnnxNode } from '../file/model';
import type { Graph } from '../graph/graph';
import type { Reader } from '../graph/links';
import { carriesValues, copies, having } from '../graph/operations';
import { axesBefore, type ProductAxes, productAxes, relettered } from '../graph/productAxes';
import { walkDown } from '../graph/walk';
import type { SoftmaxLike } from './softmax/softmaxLike';

const passing = new Set([...having('copy', 'reshaping', 'rounding'), 'CastLike', 'Transpose', 'Where', 'Mul', 'Slice', 'Expand', 'Split']);

export interface Mix {
  readonly node: OnnxNode;
  readonly axes: ProductAxes;
  /** Whether the pattern is the left operand. */
  readonly isLeft: boolean;
  /** Nodes from the softmax to the product, in order. */
  readonly path: readonly OnnxNode[];
}

/** Whether weights are divided by their own sum once more, which changes nothing where they sum to 1. */
function isOwnSum(graph: Graph, node: OnnxNode, weights: string): boolean {
  let name = node.op === 'Div' ? (node.inputs[1] ?? '') : '';
  for (let depth = 0; depth < 4; depth++) {
    const maker = graph.maker(name);
    if (maker?.op === 'ReduceSum') return maker.inputs[0] === weights;
    name = (maker && ['Add', 'Clip', 'Max', 'Expand', 'Where'].includes(maker.op) && graph.contentInputs(maker)[0]) || '';
  }
  return false;
}

/** Whether nothing but zeros is added, as where a choice between weights and 0 is written as a sum of products. */
function addsNothing(graph: Graph, node: OnnxNode, weights: string): boolean {
  const other = node.op === 'Add' ? node.inputs.find((name) => name !== weights) : undefined;
  if (other === undefined || graph.isContent(other)) return false;
  const product = graph.maker(other);
  return graph.number(other) === 0 || (product?.op === 'Mul' && product.inputs.some((name) => graph.number(name) === 0));
}

/** Where the weights are after some nodes. */
interface Passed {
  readonly name: string;
  readonly path: readonly OnnxNode[];
}

/** Whether weights stay weights through a node that reads them at this place. */
function isPassed(graph: Graph, { node, slot }: Reader, weights: string): boolean {
  const isValue = node.op === 'Where' ? slot > 0 : node.op === 'Mul' || node.op === 'Add' || slot === 0;
  return isValue && (passing.has(node.op) || isOwnSum(graph, node, weights) || addsNothing(graph, node, weights));
}

/** The first product with another tensor of text that the softmax's result goes into. */
export function findMix(graph: Graph, output: string): Mix | undefined {
  const start: Passed = { name: output, path: [] };
  return walkDown(graph, [start], {}, (reader, { name, path }, go): Mix | undefined => {
    const { node } = reader;
    const axes = graph.isProduct(node) ? productAxes(node) : undefined;
    if (axes && axes.leftName !== axes.rightName) return { node, axes, isLeft: axes.leftName === name, path };
    if (path.length >= 8 || !isPassed(graph, reader, name)) return undefined;
    return go(node.outputs.map((one) => ({ name: one, path: [...path, node] })));
  });
}

/** Axes of the scores from those of the pattern where it enters the product. */
export function axesAtSoftmax(graph: Graph, mix: Mix, patternAxes: string): string | undefined {
  let axes: string | undefined = patternAxes;
  for (const node of [...mix.path].reverse()) axes = axes && axesBefore(node, axes, graph.rank(node.inputs[node.op === 'Where' ? 2 : 0] ?? ''));
  return axes;
}

/** Letters of the operands of the mix: [pattern, value, result]. */
export function mixLetters({ axes, isLeft }: Mix): {
  readonly pattern: string;
  readonly value: string;
  readonly z: string;
  readonly valueName: string;
  readonly patternName: string;
} {
  const letters = isLeft ? { r: 'q', c: 'k', n: 'e' } : { r: 'e', c: 'k', n: 'q' };
  const [pattern, value] = isLeft ? [axes.left, axes.right] : [axes.right, axes.left];
  const [patternName, valueName] = isLeft ? [axes.leftName, axes.rightName] : [axes.rightName, axes.leftName];
  return { pattern: relettered(pattern, letters), value: relettered(value, letters), z: relettered(axes.out, letters), valueName, patternName };
}

/**
 * The cells that are kept, bool, where weights are masked after the softmax and divided by their new sum: the same numbers as a softmax
 * that was masked before. Undefined where nothing is masked so.
 */
export function maskAfter(graph: Graph, softmax: SoftmaxLike, mix: Mix): string | undefined {
  // Only copies may stand between a softmax and the mask that follows it, so that the mask can stand before it just as well.
  const at = mix.path.findIndex((node) => !copies.has(node.op));
  const [masking, renewing] = [mix.path[at], mix.path[at + 1]];
  if (masking?.op !== 'Mul' || renewing?.op !== 'Div') return undefined;
  const weights = mix.path[at - 1]?.outputs[0] ?? softmax.output;
  const cast = graph.maker(masking.inputs.find((name) => name !== weights) ?? '');
  const condition = cast?.op === 'Cast' ? (cast.inputs[0] ?? '') : '';
  return graph.types.get(condition) === bool && !graph.isContent(condition) ? condition : undefined;
}

/** For people. */
export const called = (node: OnnxNode) => (node.name ? `${node.op} ${node.name}` : node.op);

/** What becomes of weights that meet no tensor of the text. */
export function whereWeightsGo(graph: Graph, output: string): string {
  const end = walkDown(graph, [output], { limit: 50 }, ({ node, slot }, _, go) => {
    if (graph.linearSlot(node) !== undefined) return `they go into ${called(node)}, a product with numbers of the file`;
    if (!carriesValues(node)) return undefined;
    if (!passing.has(node.op)) return `they go into ${called(node)}, no product with a tensor of the text`;
    return slot >= 0 ? go(node.outputs) : undefined;
  });
  return end ?? 'no product with a tensor of the text follows';
}
