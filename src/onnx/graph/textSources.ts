// Which inputs of a graph carry text: token ids that are looked up in a table, and float tensors that reach a product.
// Only from what the graph does with an input, never from its name.

import type { OnnxNode } from '../file/model';
import { enqueue } from './enqueue';
import type { Graph } from './graph';
import { attentionOps, carriesValues, layoutOps, operandSlots, recurrentOps, valueNames } from './operations';
import { isScalar } from './reconvergence';

const floats = new Set([1, 10, 11, 16]);
const recurrent = new Set([...recurrentOps, 'LinearAttention']);
const spreading = new Set([
  ...layoutOps,
  'Add',
  'Sub',
  'Concat',
  'Sqrt',
  'Relu',
  'Tanh',
  'QuantizeLinear',
  'DynamicQuantizeLinear',
  'DequantizeLinear',
  'Clip',
  'Pad',
]);

/** Where weights are made: what goes in is scores, no text. */
const weighing = new Set(['Softmax', 'LogSoftmax', 'Exp', 'TopK', 'ArgMax', 'ArgMin', 'Hardmax']);

/** Only the first input of these carries numbers on. */
const arranges = (node: OnnxNode) => layoutOps.has(node.op) || node.op === 'Pad';

/** A lookup: rows of a constant table by the numbers of an input. */
export interface Lookup {
  readonly table: string;
  readonly rows: number | undefined;
  readonly result: string;
}

function isNormStart(node: OnnxNode): boolean {
  return node.op.endsWith('Normalization') || node.op === 'ReduceMean' || node.op === 'Pow';
}

/** Whether a tensor is made from inputs and single numbers alone, as a mask is, and not from tables or layers. */
export function isLight(graph: Graph, tensor: string): boolean {
  const seen = new Set([tensor]);
  const queue = [tensor];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    graph.spend();
    if (seen.size > 40 || (graph.isConstant(name) && !isScalar(graph, name))) return false;
    if (graph.isConstant(name)) continue;
    const node = graph.maker(name);
    if (node) for (const input of valueNames(node)) enqueue(input, seen, queue);
  }
  return true;
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

const joins = new Set(['Add', 'Sub', 'Sum', 'Max', 'Min', 'Where', 'Concat']);

/**
 * Whether the numbers of `tensor` go into a linear layer, a product or a norm: by way of sums and constant factors, and before anything
 * from a layer is added by whatever else is made of them alone (norms and activations in any spelling).
 */
export function feedsLayers(graph: Graph, tensor: string): boolean {
  const own = new Set([tensor]);
  const queue: Stretch[] = [{ name: tensor, isJoined: false }];
  for (let item = queue.shift(); item !== undefined && own.size < 500; item = queue.shift()) {
    for (const { node, slot } of graph.readers(item.name)) {
      graph.spend();
      if (isReadByLayer(graph, node, slot, item.isJoined)) return true;
      if (slot > 0 && arranges(node)) continue;
      const others = node.inputs.filter((name) => name !== '' && !own.has(name) && !graph.isConstant(name));
      const isMultiplied = node.op === 'Mul' || node.op === 'Div';
      const isAlone = !isMultiplied && !item.isJoined && valueNames(node).includes(item.name) && carriesValues(node) && !weighing.has(node.op);
      const passes = spreading.has(node.op) || isOwnFactor(graph, node, item.name, own) || (isAlone && (joins.has(node.op) || others.length === 0));
      if (!passes) continue;
      const isJoined = item.isJoined || (joins.has(node.op) && others.some((name) => isBehindLayers(graph, name)));
      for (const name of node.outputs) {
        if (name === '' || own.has(name)) continue;
        own.add(name);
        queue.push({ name, isJoined });
      }
    }
  }
  return false;
}

const rowsOf = (graph: Graph, table: string, axis: number) => graph.shapes.get(table)?.[axis];

/** Rows of a table as a product with ones and zeros, possibly arranged before. */
function productOfOnes(graph: Graph, ones: string): Lookup[] {
  let name = ones;
  for (let depth = 0; depth < 4; depth++) {
    const reader = graph.readers(name).find(({ node, slot }) => slot === 0 && (node.op === 'MatMul' || node.op === 'Gemm' || layoutOps.has(node.op)));
    if (!reader) return [];
    const result = reader.node.outputs[0] as string;
    const table = reader.node.inputs[1] ?? '';
    const isTurned = reader.node.attributes.get('transB')?.int === 1;
    if (!layoutOps.has(reader.node.op)) return graph.isConstant(table) ? [{ table, rows: rowsOf(graph, table, isTurned ? 1 : 0), result }] : [];
    name = result;
  }
  return [];
}

function lookupAt(graph: Graph, node: OnnxNode, slot: number): Lookup[] {
  const [table, result] = [node.inputs[0] ?? '', node.outputs[0] as string];
  if ((node.op === 'Gather' || node.op === 'GatherBlockQuantized') && slot === 1 && graph.isConstant(table) && (graph.rank(table) ?? 0) === 2)
    return [{ table, rows: rowsOf(graph, table, 0), result }];
  if (node.op === 'GatherND' && slot === 1 && graph.isConstant(table) && (graph.rank(table) ?? 0) === 2 && graph.shapes.get(node.inputs[1] ?? '')?.at(-1) === 1)
    return [{ table, rows: rowsOf(graph, table, 0), result }];
  if (node.op.endsWith('EmbedLayerNormalization') && slot < 2) {
    const name = node.inputs[slot === 0 ? 2 : 4] ?? '';
    return [{ table: name, rows: rowsOf(graph, name, 0), result }];
  }
  return node.op === 'OneHot' && slot === 0 ? productOfOnes(graph, result) : [];
}

const carrying = new Set([...layoutOps, 'Add', 'Sub', 'Where', 'Clip', 'Max', 'Min', 'Concat', 'Mod', 'ScatterND', 'Pad']);

/** Yes or no as a number, by which exporters choose between an id and the id counted from the end. */
function isChoice(graph: Graph, tensor: string): boolean {
  const node = graph.maker(tensor);
  return node?.op === 'Cast' && graph.types.get(node.inputs[0] ?? '') === 9;
}

const isChosen = (graph: Graph, node: OnnxNode, from: string) => node.op === 'Mul' && node.inputs.some((other) => other !== from && isChoice(graph, other));

/** Tables that are looked up by the numbers of this input (moved by a constant, cut or arranged before). */
export function lookupsBy(graph: Graph, input: string): Lookup[] {
  const found: Lookup[] = [];
  const seen = new Set([input]);
  const queue = [input];
  for (let name = queue.pop(); name !== undefined && seen.size < 200; name = queue.pop()) {
    for (const { node, slot } of graph.readers(name)) {
      graph.spend();
      found.push(...lookupAt(graph, node, slot));
      if (!(carrying.has(node.op) || isChosen(graph, node, name)) || (slot > 0 && arranges(node)) || (node.op === 'Where' && slot === 0)) continue;
      for (const output of node.outputs) if (output !== '') enqueue(output, seen, queue);
    }
  }
  return found;
}

/** Whether states [batch, token, width] are weighted and summed without any layer before: a product written as Mul and ReduceSum. */
function isSummedProduct(graph: Graph, input: string): boolean {
  return graph.readers(input).some(({ node }) => node.op === 'Mul' && graph.readers(node.outputs[0] ?? '').some((reader) => reader.node.op === 'ReduceSum'));
}

/** Names of the inputs that carry text. */
export function textSources(graph: Graph): string[] {
  return graph.model.inputs.flatMap((input) => {
    const isStates = input.dims?.length === 3 && isSummedProduct(graph, input.name);
    // Some exporters declare ids as floats and cast them.
    const isText =
      (floats.has(input.type) && (isStates || feedsLayers(graph, input.name))) ||
      lookupsBy(graph, input.name).some((lookup) => feedsLayers(graph, lookup.result));
    return isText ? [input.name] : [];
  });
}
