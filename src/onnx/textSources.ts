// Which inputs of a graph carry text: token ids that are looked up in a table, and float tensors that reach a product.
// Only from what the graph does with an input, never from its name.

import { enqueue } from './enqueue';
import type { Graph } from './graph';
import type { OnnxNode } from './model';
import { attentionOps, layoutOps, operandSlots, recurrentOps, valueNames } from './operations';
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

/** Whether the numbers of `tensor` go into a linear layer, a product or a norm, by way of sums and constant factors. */
export function feedsLayers(graph: Graph, tensor: string): boolean {
  const seen = new Set([tensor]);
  const queue = [tensor];
  for (let name = queue.pop(); name !== undefined && seen.size < 500; name = queue.pop()) {
    for (const { node, slot } of graph.readers(name)) {
      graph.spend();
      const slots = operandSlots(node);
      if (slots?.includes(slot) || isNormStart(node) || (recurrent.has(node.op) && (slot === 0 || slot >= 5))) return true;
      if (attentionOps.has(node.op) && slot < 3) return true;
      const isScale =
        (node.op === 'Mul' || node.op === 'Div') &&
        node.inputs.some((other) => other !== name && (graph.isConstant(other) || isScalar(graph, other) || isLight(graph, other)));
      // The cell state of a recurrent layer written out meets nothing but gates on its way.
      const isGated = node.op === 'Mul' && node.inputs.some((other) => other !== name && graph.maker(other)?.op === 'Sigmoid');
      if (!spreading.has(node.op) && !isScale && !isGated) continue;
      if (slot > 0 && arranges(node)) continue;
      for (const output of node.outputs) if (output !== '') enqueue(output, seen, queue);
    }
  }
  return false;
}

const rowsOf = (graph: Graph, table: string, axis: number) => graph.shapes.get(table)?.[axis];

function lookupAt(graph: Graph, node: OnnxNode, slot: number): Lookup[] {
  const [table, result] = [node.inputs[0] ?? '', node.outputs[0] as string];
  if ((node.op === 'Gather' || node.op === 'GatherBlockQuantized') && slot === 1 && graph.isConstant(table) && (graph.rank(table) ?? 0) === 2)
    return [{ table, rows: rowsOf(graph, table, 0), result }];
  if (node.op.endsWith('EmbedLayerNormalization') && slot < 2) {
    const name = node.inputs[slot === 0 ? 2 : 4] ?? '';
    return [{ table: name, rows: rowsOf(graph, name, 0), result }];
  }
  if (node.op === 'OneHot' && slot === 0) {
    const [matmul] = graph.readers(result).filter((reader) => reader.node.op === 'MatMul' && reader.slot === 0);
    const name = matmul?.node.inputs[1] ?? '';
    return graph.isConstant(name) && matmul ? [{ table: name, rows: rowsOf(graph, name, 0), result: matmul.node.outputs[0] as string }] : [];
  }
  return [];
}

const carrying = new Set([...layoutOps, 'Add', 'Sub', 'Where', 'Clip', 'Max', 'Min', 'Concat', 'Mod', 'ScatterND', 'Pad']);

/** Tables that are looked up by the numbers of this input (moved by a constant, cut or arranged before). */
export function lookupsBy(graph: Graph, input: string): Lookup[] {
  const found: Lookup[] = [];
  const seen = new Set([input]);
  const queue = [input];
  for (let name = queue.pop(); name !== undefined && seen.size < 200; name = queue.pop()) {
    for (const { node, slot } of graph.readers(name)) {
      graph.spend();
      found.push(...lookupAt(graph, node, slot));
      if (!carrying.has(node.op) || (slot > 0 && arranges(node)) || (node.op === 'Where' && slot === 0)) continue;
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
    const isText = floats.has(input.type)
      ? isStates || feedsLayers(graph, input.name)
      : lookupsBy(graph, input.name).some((lookup) => feedsLayers(graph, lookup.result));
    return isText ? [input.name] : [];
  });
}
