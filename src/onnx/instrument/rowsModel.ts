// A small model of the pieces between the cuts of a plan: the cut tensors come in as inputs, and the tensors whose rows are looked at
// leave as float32. Weights stay where they lie.

import { float32 } from '../file/elementTypes';
import { bytesField, encodeNode, encodeValue, join, type NodeDraft, textField } from '../file/encode';
import { bytesOf } from '../file/messages/span';
import type { OnnxModel, OnnxNode } from '../file/model';
import { graphOf } from '../graph/graphOf';
import { headerPieces, isLargeConstant } from './encodeModel';
import { externalTensor, type Mounted, mountsOf } from './externalise';
import type { RowsPlan } from './rowsPlan';

export interface RowsModel {
  readonly bytes: Uint8Array;
  readonly mounted: readonly Mounted[];
  /** Tensor of the graph → input that it comes in by, as float32. */
  readonly inputs: ReadonlyMap<string, string>;
  /** Tensor of the graph → output, as float32. */
  readonly outputs: ReadonlyMap<string, string>;
  /** Inputs of the file itself that are read as well. */
  readonly own: readonly string[];
}

/** A node with the outputs that are asked for, and those that come in from outside under another name. */
function rewritten(node: OnnxNode, { slice, cuts }: RowsPlan): Uint8Array {
  const edits = [...slice.edits.values()].filter((edit) => edit.node === node.index);
  const outputs = [...node.outputs];
  for (const { slot, tensor } of edits) {
    while (outputs.length < slot) outputs.push('');
    outputs[slot] = tensor;
  }
  const isCut = (name: string) => cuts.has(name) || slice.held.has(name);
  if (edits.length === 0 && !outputs.some(isCut)) return bytesOf(node.span);
  const attributes = Object.assign({}, ...edits.map((edit) => edit.attributes ?? {})) as NonNullable<NodeDraft['attributes']>;
  const copied = [...node.attributes.values()].filter(({ name }) => !(name in attributes)).map(({ span }) => bytesOf(span));
  return encodeNode({ ...node, outputs: outputs.map((name) => (isCut(name) ? madeName(name) : name)), attributes, copied });
}

/** A cut has two sides: what comes in bears its name, what the graph makes of it this one. */
const madeName = (cut: string) => `inspector/made/${cut}`;

/** `targets`: the names of those that leave. */
export function rowsModel(model: OnnxModel, plan: RowsPlan): RowsModel {
  const { slice, cuts } = plan;
  const graph = graphOf(model);
  const { types } = graph;
  const typeOf = (tensor: string) => types.get(tensor) ?? graph.sides.typeOf(tensor) ?? float32;
  const given = [...slice.sources, ...slice.held];
  const inputs = new Map(given.map((tensor, i) => [tensor, `inspector/given/${i}`]));
  const targets = [...plan.targets.values()].filter((target) => target.blocked === undefined).flatMap(({ ref }) => ref.map(({ tensor }) => tensor));
  const outputs = new Map([...new Set(targets)].map((tensor, i) => [tensor, `inspector/seen/${i}`]));
  const cast = (from: string, to: string, type: number): NodeDraft => ({ op: 'Cast', inputs: [from], outputs: [to], attributes: { to: type } });
  const entering = given.map((tensor) => cast(inputs.get(tensor) as string, tensor, typeOf(tensor)));
  const leaving = [...outputs].map(([tensor, name]) => cast(cuts.has(tensor) && graph.maker(tensor) ? madeName(tensor) : tensor, name, float32));
  const { mounted, original } = mountsOf(model);
  const pieces: Uint8Array[] = [textField(2, 'rows'), ...entering.map((node) => bytesField(1, encodeNode(node)))];
  for (const node of [...slice.nodes].sort((a, b) => a.index - b.index)) {
    const tensor = isLargeConstant(model, node) ? node.attributes.get('value')?.tensor : undefined;
    pieces.push(tensor ? bytesField(5, externalTensor(model, tensor, original, node.outputs[0])) : bytesField(1, rewritten(node, plan)));
  }
  const own = model.inputs.filter((input) => slice.inputs.has(input.name));
  for (const node of [...slice.sideNodes, ...leaving]) pieces.push(bytesField(1, encodeNode(node)));
  for (const name of slice.initializers) {
    const tensor = model.initializers.get(name);
    if (tensor) pieces.push(bytesField(5, externalTensor(model, tensor, original)));
  }
  for (const bytes of slice.sideConstants) pieces.push(bytesField(5, bytes));
  for (const input of own) pieces.push(bytesField(11, bytesOf(input.span)));
  for (const name of inputs.values()) pieces.push(bytesField(11, encodeValue(name, float32)));
  for (const name of outputs.values()) pieces.push(bytesField(12, encodeValue(name, float32)));
  const header = headerPieces(model, [...slice.sideNodes]);
  return { bytes: join([...header, bytesField(7, join(pieces))]), mounted, inputs, outputs, own: own.map(({ name }) => name) };
}
