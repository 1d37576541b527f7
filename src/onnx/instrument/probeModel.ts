// A small model that is only one linear layer of a file, to be run on the identity matrix: its weights in whatever spelling they are
// stored (quantised, packed, Einsum, Conv). Row i of the result less the result for zeros is row i of W.

import type { Linear } from '../facts/linear';
import { float32, int64 } from '../file/elementTypes';
import { bytesField, encodeNode, encodeTensor, encodeValue, join, type NodeDraft, textField } from '../file/encode';
import { bytesOf } from '../file/messages/span';
import type { OnnxModel, OnnxNode } from '../file/model';
import type { Graph } from '../graph/graph';
import { graphOf } from '../graph/graphOf';
import { roundingOps } from '../graph/operations';
import { shapeOfRows } from '../graph/shapeOfRows';
import { walkUp } from '../graph/walk';
import { entryOf, linearNodes } from '../weights/linearNodes';
import { headerPieces } from './encodeModel';
import { externalTensor, type Mounted, mountsOf } from './externalise';

export interface Probe {
  readonly bytes: Uint8Array;
  readonly mounted: readonly Mounted[];
  /** Float input [row, in]. */
  readonly input: string;
  /** Float output [row, out], bias included. */
  readonly output: string;
}

/** Nodes and initializers that make these constants. */
function makersOf(graph: Graph, names: readonly string[]): { readonly nodes: Set<OnnxNode>; readonly initializers: Set<string> } {
  const nodes = new Set<OnnxNode>();
  const initializers = new Set<string>();
  walkUp(graph, names, { order: 'depth' }, (node, name, go) => {
    if (graph.model.initializers.has(name)) initializers.add(name);
    if (!node || nodes.has(node)) return undefined;
    nodes.add(node);
    return go(node.inputs);
  });
  return { nodes, initializers };
}

interface Adapter {
  readonly nodes: readonly NodeDraft[];
  readonly constants: readonly Uint8Array[];
}

const reshape = (input: string, output: string, dims: readonly number[]): Adapter => ({
  nodes: [{ op: 'Reshape', inputs: [input, `${output}/shape`], outputs: [output] }],
  constants: [encodeTensor(`${output}/shape`, [dims.length], dims, int64)],
});

/** From rows [row, in] to a tensor with these axes. Undefined for arrangements that are not rows. */
function adapted(axes: string, from: string, to: string, headSizes: readonly number[] | undefined): Adapter | undefined {
  if (axes === '1td')
    return { nodes: [{ op: 'Unsqueeze', inputs: [from, `${to}/axes`], outputs: [to] }], constants: [encodeTensor(`${to}/axes`, [1], [0], int64)] };
  if (axes === 't1d')
    return { nodes: [{ op: 'Unsqueeze', inputs: [from, `${to}/axes`], outputs: [to] }], constants: [encodeTensor(`${to}/axes`, [1], [1], int64)] };
  if (/^[*1]*td$/.test(axes)) return { nodes: [{ op: 'Identity', inputs: [from], outputs: [to] }], constants: [] };
  if (/^1*t1*he$/.test(axes) && headSizes) return reshape(from, to, [...[...axes.slice(0, -2)].map((letter) => (letter === 't' ? -1 : 1)), ...headSizes]);
  const turned = `${to}/turned`;
  if (!/^1dt1*$/.test(axes)) return undefined;
  const added = [0, ...[...axes.slice(3)].map((_, i) => i + 3)];
  const nodes: NodeDraft[] = [
    { op: 'Transpose', inputs: [from], outputs: [turned], attributes: { perm: [1, 0] } },
    { op: 'Unsqueeze', inputs: [turned, `${to}/axes`], outputs: [to] },
  ];
  return { nodes, constants: [encodeTensor(`${to}/axes`, [added.length], added, int64)] };
}

/** Result [1, out, row] → [row, out]; other results have their rows in order already. */
function leaving(axes: string, from: string, to: string): Adapter {
  const flat = (input: string): NodeDraft => ({ op: 'Flatten', inputs: [input], outputs: [to], attributes: { axis: -1 } });
  if (!/^1?dt1*$/.test(axes)) return { nodes: [flat(from)], constants: [] };
  const [plain, turned] = [`${to}/plain`, `${to}/turned`];
  const isBatched = axes.startsWith('1');
  const shaped = reshape(from, plain, isBatched ? [0, 0, -1] : [0, -1]);
  return {
    nodes: [...shaped.nodes, { op: 'Transpose', inputs: [plain], outputs: [turned], attributes: { perm: isBatched ? [0, 2, 1] : [1, 0] } }, flat(turned)],
    constants: shaped.constants,
  };
}

/** [head, e] that an Einsum sums over: the dimensions of its weights with the letters that end the axes of its input. */
function headSizes(graph: Graph, product: OnnxNode): readonly number[] | undefined {
  const slot = graph.linearSlot(product);
  const letters = (product.attributes.get('equation')?.text ?? '').replace(/\s/g, '').split('->')[0]?.split(',');
  if (product.op !== 'Einsum' || slot === undefined || letters?.length !== 2) return undefined;
  const [own, other] = [letters[slot] as string, letters[1 - slot] as string];
  const shape = graph.shapes.get(product.inputs[1 - slot] ?? '');
  const dims = [...own.slice(-2)].map((letter) => shape?.[other.indexOf(letter)]);
  return dims.every((dim) => dim !== undefined) ? dims : undefined;
}

/** Undefined where the layer's input is not rows of numbers or is rounded by a fixed scale, or where it reads something that is no constant. */
export function probeModel(model: OnnxModel, linear: Linear): Probe | undefined {
  const graph = graphOf(model);
  const found = linearNodes(graph, linear);
  if (!found || (model.opsets.get('') ?? 0) < (linear.input.axes.includes('dt') ? 13 : 11)) return undefined;
  // The rows of the identity matrix would be rounded by a scale that is made for other numbers.
  if (found.nodes.some((node) => node.op === 'QuantizeLinear' && node.index < found.product.index)) return undefined;
  const entry = entryOf(graph, linear);
  const made = new Set(found.nodes.flatMap((node) => node.outputs));
  const isShaping = (node: OnnxNode) => (node.op === 'Reshape' || node.op === 'Expand') && !graph.isConstant(node.inputs[1] ?? '');
  const read = found.nodes
    .flatMap((node) => (isShaping(node) ? node.inputs.slice(0, 1) : node.inputs))
    .filter((name) => name !== '' && !made.has(name) && name !== entry);
  if (found.sideBias) read.push(found.sideBias);
  if (read.some((name) => !graph.isConstant(name))) return undefined;
  const type = graph.types.get(entry) ?? float32;
  const [input, output] = ['inspector/x', 'inspector/y'];
  const rank = linear.isWhole && linear.input.axes === '*td' ? graph.rank(entry) : undefined;
  const axes = rank === undefined || rank < 3 ? linear.input.axes : `${'1'.repeat(rank - 2)}td`;
  const entering = adapted(axes, 'inspector/cast', entry, headSizes(graph, found.product));
  if (!entering) return undefined;
  const biased = found.sideBias ? [{ op: 'Add', inputs: [found.output, found.sideBias], outputs: ['inspector/biased'] }] : [];
  const result = found.sideBias ? 'inspector/biased' : found.output;
  const leave = leaving(linear.output.axes, 'inspector/float', output);
  const drafts: NodeDraft[] = [{ op: 'Cast', inputs: [input], outputs: ['inspector/cast'], attributes: { to: type } }, ...entering.nodes];
  const after: NodeDraft[] = [...biased, { op: 'Cast', inputs: [result], outputs: ['inspector/float'], attributes: { to: float32 } }, ...leave.nodes];
  const { mounted, original } = mountsOf(model);
  const { nodes, initializers } = makersOf(graph, read);
  const constant = [...nodes].sort((a, b) => a.index - b.index).map((node) => bytesOf(node.span));
  const shapes: Uint8Array[] = [];
  const own = found.nodes.map((node) => {
    const dims = isShaping(node) && linear.isWhole ? shapeOfRows(graph, node) : undefined;
    if (dims) {
      const name = `inspector/shape${shapes.length}`;
      shapes.push(encodeTensor(name, [dims.length], dims, int64));
      return encodeNode({ op: 'Reshape', inputs: [node.inputs[0] as string, name], outputs: node.outputs });
    }
    // The weights are wanted, not what is left of them after the result is rounded.
    return isShaping(node) || roundingOps.has(node.op)
      ? encodeNode({ op: 'Identity', inputs: node.inputs.slice(0, 1), outputs: node.outputs })
      : bytesOf(node.span);
  });
  const tensors = [...initializers].flatMap((name) => {
    const tensor = model.initializers.get(name);
    return tensor ? [externalTensor(model, tensor, original)] : [];
  });
  const graphBytes = join([
    textField(2, 'probe'),
    ...[...constant, ...drafts.map(encodeNode), ...own, ...after.map(encodeNode)].map((bytes) => bytesField(1, bytes)),
    ...[...tensors, ...shapes, ...entering.constants, ...leave.constants].map((bytes) => bytesField(5, bytes)),
    bytesField(11, encodeValue(input, float32, ['row', 'in'])),
    bytesField(12, encodeValue(output, float32)),
  ]);
  return { bytes: join([...headerPieces(model, []), bytesField(7, graphBytes)]), mounted, input, output };
}
