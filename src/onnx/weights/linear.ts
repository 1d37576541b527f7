// Linear layers however they are written: MatMul or Gemm with a bias after it, quantised at run time, four-bit, Einsum, Conv of width 1.

import type { TensorRef } from '../facts/captures';
import type { Linear } from '../facts/linear';
import type { OnnxNode } from '../file/model';
import type { Graph } from '../graph/graph';
import { operandSlots } from '../graph/operations';
import { productAxes } from '../graph/productAxes';
import { isScalar } from '../graph/reconvergence';

/** The letter of an Einsum that counts tokens: where a head mix comes straight in, that of its queries; else the last one that stays. */
function tokenLetter(graph: Graph, input: string, own: string, out: string): string | undefined {
  const staying = [...own].filter((letter) => out.includes(letter));
  const mix = graph.maker(input);
  const axes = mix?.op === 'Einsum' && graph.isProduct(mix) ? productAxes(mix)?.out : undefined;
  const queries = axes?.length === own.length ? staying.filter((letter) => ['r', 'n'].includes(axes[own.indexOf(letter)] ?? '')) : [];
  return queries.length === 1 ? queries[0] : staying.at(-1);
}

/** Axes of input and output of the operation itself. */
function axesOf(graph: Graph, node: OnnxNode, slot: number): { readonly input: string; readonly output: string } | undefined {
  if (node.op === 'Conv' || node.op === 'ConvInteger' || node.op === 'QLinearConv') {
    const kernel = graph.shapes.get(node.inputs[operandSlots(node)?.[1] ?? 1] ?? '');
    const isPointwise = kernel?.slice(2).every((dim) => dim === 1) && (node.attributes.get('group')?.int ?? 1) === 1 && slot === 0;
    return isPointwise ? { input: `1d${'t'.padEnd((kernel?.length ?? 3) - 2, '1')}`, output: `1d${'t'.padEnd((kernel?.length ?? 3) - 2, '1')}` } : undefined;
  }
  if (node.op !== 'Einsum')
    return (slot === operandSlots(node)?.[0]) === (node.attributes.get('transA')?.int !== 1) ? { input: '*td', output: '*td' } : undefined;
  const [inputs, out] = (node.attributes.get('equation')?.text ?? '')
    .replace(/\s/g, '')
    .replace(/\.\.\./g, '*')
    .split('->');
  const own = inputs?.split(',')[slot];
  if (own === undefined || out === undefined) return undefined;
  const summed = [...own].filter((letter) => !out.includes(letter));
  const token = tokenLetter(graph, node.inputs[slot] as string, own, out);
  const named = (letters: string, isInput: boolean) => {
    const wide = [...letters].filter((letter) => letter !== token && (isInput ? summed.includes(letter) : !own.includes(letter)));
    return [...letters]
      .map((letter) =>
        letter === token ? 't' : !wide.includes(letter) ? (letter === '*' ? '*' : '1') : wide.length === 1 ? 'd' : wide.at(-1) === letter ? 'e' : 'h',
      )
      .join('');
  };
  return summed.length > 0 && summed.length <= 2 ? { input: named(own, true), output: named(out, false) } : undefined;
}

const onlyReader = (graph: Graph, tensor: string): OnnxNode | undefined => {
  const readers = graph.readers(tensor);
  return readers.length === 1 && !graph.model.outputs.some((output) => output.name === tensor) ? readers[0]?.node : undefined;
};

/** After an integer product: Cast, and Mul by the scales. */
function scaled(graph: Graph, node: OnnxNode, nodes: OnnxNode[]): string {
  let name = node.outputs[0] as string;
  if (node.op !== 'MatMulInteger' && node.op !== 'ConvInteger') return name;
  for (let next = onlyReader(graph, name); next && (next.op === 'Cast' || next.op === 'Mul'); next = onlyReader(graph, name)) {
    nodes.push(next);
    name = next.outputs[0] as string;
    if (next.op === 'Mul') break;
  }
  return name;
}

/** After the product is rounded to 8 bits; the tensor itself where it is not. */
function afterRounding(graph: Graph, tensor: string, nodes: OnnxNode[]): string {
  const quantiser = onlyReader(graph, tensor);
  const back = quantiser?.op === 'QuantizeLinear' ? onlyReader(graph, quantiser.outputs[0] as string) : undefined;
  if (!quantiser || back?.op !== 'DequantizeLinear') return tensor;
  nodes.push(quantiser, back);
  return back.outputs[0] as string;
}

/** A bias that is added next, possibly after a reshape. */
function biased(graph: Graph, tensor: string, nodes: OnnxNode[]): string {
  const [reshape, name] = (() => {
    const next = onlyReader(graph, tensor);
    const isPlain = next !== undefined && (next.op === 'Reshape' || next.op === 'Cast' || next.op === 'Identity') && next.inputs[0] === tensor;
    return isPlain ? ([next, next.outputs[0] as string] as const) : ([undefined, tensor] as const);
  })();
  for (const candidate of reshape ? [tensor, name] : [tensor]) {
    const add = onlyReader(graph, candidate);
    if (add?.op !== 'Add') continue;
    const other = add.inputs[0] === candidate ? add.inputs[1] : add.inputs[0];
    const shape = graph.shapes.get(other ?? '');
    const isVector =
      other !== undefined && graph.isConstant(other) && shape !== undefined && shape.filter((dim) => dim !== 1).length <= 1 && !isScalar(graph, other);
    if (!isVector) continue;
    if (candidate === name && reshape) nodes.push(reshape);
    nodes.push(add);
    return add.outputs[0] as string;
  }
  return tensor;
}

/** What enters before it is quantised, and the nodes that quantise. */
function beforeQuantising(graph: Graph, tensor: string): { readonly input: string; readonly quantiser?: OnnxNode } {
  const node = graph.maker(tensor);
  if (node?.op === 'DynamicQuantizeLinear' || node?.op === 'QuantizeLinear') return { input: node.inputs[0] as string, quantiser: node };
  return { input: tensor };
}

function asSeen(graph: Graph, quantiser: OnnxNode, axes: string): TensorRef {
  const [values, scale, zero] =
    quantiser.op === 'DynamicQuantizeLinear'
      ? (quantiser.outputs as [string, string, string])
      : [quantiser.outputs[0] as string, quantiser.inputs[1] as string, quantiser.inputs[2] ?? ''];
  const inputs = zero === '' ? [values, scale] : [values, scale, zero];
  return { tensor: graph.sides.add({ op: 'DequantizeLinear', inputs }, graph.types.get(scale)), axes };
}

/** The linear layer whose product is `node`; undefined where it is none that can be described as a matrix. */
export function linearAt(graph: Graph, node: OnnxNode): Linear | undefined {
  const slot = graph.linearSlot(node);
  const axes = slot === undefined ? undefined : axesOf(graph, node, slot);
  if (slot === undefined || !axes) return undefined;
  const nodes: OnnxNode[] = [node];
  const { input, quantiser } = beforeQuantising(graph, node.inputs[slot] as string);
  const product = scaled(graph, node, nodes);
  const own = nodes.length;
  const rounded = afterRounding(graph, product, nodes);
  const withBias = biased(graph, rounded, nodes);
  // Without a bias the product itself is what the layer gives.
  const output = withBias === rounded ? product : withBias;
  if (withBias === rounded) nodes.length = own;
  if (quantiser) nodes.unshift(quantiser);
  const isReshaped = nodes.some((one) => one.op === 'Reshape');
  return {
    input: { tensor: input, axes: axes.input },
    output: { tensor: output, axes: isReshaped ? '*td' : axes.output },
    nodes: nodes.map(nodeName),
    writtenAs: [...new Set(nodes.map((one) => one.op))].join(' + '),
    ...(quantiser && { inputAsSeen: asSeen(graph, quantiser, axes.input) }),
  };
}

/** For people and for finding it again: a node's name, or that of its first output. */
export function nodeName(node: OnnxNode): string {
  return node.name || (node.outputs.find((name) => name !== '') ?? node.op);
}
