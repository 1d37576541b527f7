// Whether numbers go into the first layers of a model: a linear layer, a product, a norm or an attention, and not mere arithmetic before it.

import type { OnnxNode } from '../file/model';
import type { Graph } from './graph';
import { arranges, attentionOps, carriesValues, having, operandSlots, recurrentOps, valueNames } from './operations';
import { isScalar } from './reconvergence';
import { walkDown, walkUp } from './walk';

const recurrent = new Set([...recurrentOps, 'LinearAttention']);

/** Operations that spread numbers over further tensors: sums, arrangements and what has no weights. */
const spreading = new Set([...having('layout', 'rounding'), 'Add', 'Sub', 'Concat', 'Sqrt', 'Relu', 'Tanh', 'DynamicQuantizeLinear', 'Clip', 'Pad']);

/** Where weights are made: what goes in is scores, no text. */
const weighing = new Set(['Softmax', 'LogSoftmax', 'Exp', 'TopK', 'ArgMax', 'ArgMin', 'Hardmax']);

function isNormStart(node: OnnxNode): boolean {
  return node.op.endsWith('Normalization') || node.op === 'ReduceMean' || node.op === 'Pow';
}

/** Whether a tensor is made from inputs and single numbers alone, as a mask is, and not from tables or layers. */
export function isLight(graph: Graph, tensor: string): boolean {
  const found = walkUp(graph, [tensor], { limit: 41, atLimit: false, order: 'depth' }, (node, name, go) => {
    if (graph.isConstant(name)) return isScalar(graph, name) ? undefined : false;
    return go(node ? valueNames(node) : []);
  });
  return found ?? true;
}

/** Whether a factor leaves the text what it is: a number, a mask or a gate, or something made from the text itself (a norm's divisor). */
function isOwnFactor(graph: Graph, node: OnnxNode, from: string, own: ReadonlySet<string>): boolean {
  if (node.op !== 'Mul' && node.op !== 'Div') return false;
  return node.inputs.some((other) => {
    if (other === from) return node.inputs[0] === node.inputs[1];
    // The cell state of a recurrent layer written out meets nothing but gates on its way.
    const isGate = node.op === 'Mul' && graph.maker(other)?.op === 'Sigmoid';
    return isGate || own.has(other) || graph.isConstant(other) || isScalar(graph, other) || isLight(graph, other);
  });
}

/** Whether a layer or a product lies behind a tensor: then it is no embedding that is still being put together. */
function isBehindLayers(graph: Graph, tensor: string): boolean {
  return [...graph.ancestors(tensor)].some((name) => {
    const node = graph.maker(name);
    return node !== undefined && !graph.isConstant(name) && (operandSlots(node) !== undefined || attentionOps.has(node.op) || recurrent.has(node.op));
  });
}

/**
 * What ends a walk: a layer, a product, a norm or an attention that reads the tensor at a place where numbers flow on. Of what was added to
 * something from layers only a layer does: a mask that is added to weights is multiplied with values as well.
 */
function isReadByLayer(graph: Graph, node: OnnxNode, slot: number, isJoined: boolean): boolean {
  const slots = operandSlots(node);
  if (slots?.includes(slot)) return !isJoined || slots.some((other) => other !== slot && graph.isConstant(node.inputs[other] ?? ''));
  if (isNormStart(node)) return true;
  return (recurrent.has(node.op) && (slot === 0 || slot >= 5)) || (attentionOps.has(node.op) && slot < 3);
}

/** A stretch of numbers on their way to the first layer. */
interface Stretch {
  readonly name: string;
  /** Whether something that comes from layers was added: scores or a state, where any norm or reduction is another's. */
  readonly isJoined: boolean;
}

const joins = new Set([...having('sum'), 'Max', 'Min', 'Where', 'Concat']);

/**
 * Whether the numbers of `tensor` go into a linear layer, a product or a norm: by way of sums and constant factors, and before anything
 * from a layer is added by whatever else is made of them alone (norms and activations in any spelling).
 */
export function feedsLayers(graph: Graph, tensor: string): boolean {
  const own = new Set([tensor]);
  const start: Stretch = { name: tensor, isJoined: false };
  const found = walkDown(graph, [start], { limit: 500 }, ({ node, slot }, item, go) => {
    if (isReadByLayer(graph, node, slot, item.isJoined)) return true;
    if (slot > 0 && arranges(node)) return undefined;
    const others = node.inputs.filter((name) => name !== '' && !own.has(name) && !graph.isConstant(name));
    if (!isStillOwn(graph, node, item, own, others)) return undefined;
    const isJoined = item.isJoined || (joins.has(node.op) && others.some((name) => isBehindLayers(graph, name)));
    const outputs = node.outputs.filter((name) => name !== '');
    for (const name of outputs) own.add(name);
    return go(outputs.map((name) => ({ name, isJoined })));
  });
  return found ?? false;
}

/** Whether what a node makes is still the numbers of the stretch, and not something else that they take part in. */
function isStillOwn(graph: Graph, node: OnnxNode, { name, isJoined }: Stretch, own: ReadonlySet<string>, others: readonly string[]): boolean {
  if (spreading.has(node.op) || isOwnFactor(graph, node, name, own)) return true;
  const isMultiplied = node.op === 'Mul' || node.op === 'Div';
  const isAlone = !isMultiplied && !isJoined && valueNames(node).includes(name) && carriesValues(node) && !weighing.has(node.op);
  return isAlone && (joins.has(node.op) || others.length === 0);
}
