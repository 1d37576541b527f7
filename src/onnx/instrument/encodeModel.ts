// Writes a whole model: the nodes of a file, some of them with more outputs or with other names for what they read, and what is added to
// them. Weights stay where they lie.

import { bytesField, encodeAttribute, encodeNode, intField, join, type NodeDraft, textField } from '../file/encode';
import { readAttribute } from '../file/messages/node';
import { bytesOf, spanIn } from '../file/messages/span';
import type { OnnxModel, OnnxNode } from '../file/model';
import type { NodeEdit } from '../file/sideGraph';
import { eachField } from '../file/wire';
import { externalTensor, type Mounted, mountsOf } from './externalise';

/** A Constant node with a large payload becomes an initializer, so that its numbers need not be copied. */
export function isLargeConstant(model: OnnxModel, node: OnnxNode): boolean {
  const tensor = node.op === 'Constant' ? node.attributes.get('value')?.tensor : undefined;
  return tensor?.raw !== undefined && tensor.raw.to - tensor.raw.from >= 1024 && tensor.raw.bytes === model.bytes;
}

/** What a node reads under other names, by input. */
export type Renames = ReadonlyMap<number, string>;

function editedNode(node: OnnxNode, edits: readonly NodeEdit[], renames: Renames): Uint8Array {
  const outputs = [...node.outputs];
  const attributes = new Map(edits.flatMap((edit) => Object.entries(edit.attributes ?? {})));
  for (const { slot, tensor } of edits) {
    while (outputs.length < slot) outputs.push('');
    outputs[slot] = tensor;
  }
  const { bytes, from, to } = node.span;
  const pieces: Uint8Array[] = [];
  eachField(bytes, from, to, (field) => {
    const isReplaced = field.number <= 2 || (field.number === 5 && attributes.has(readAttribute(spanIn(bytes, field)).name));
    if (!isReplaced) pieces.push(bytes.subarray(field.start, field.to));
  });
  return join([
    ...node.inputs.map((name, slot) => textField(1, renames.get(slot) ?? name)),
    ...pieces,
    ...outputs.map((name) => textField(2, name)),
    ...[...attributes].map(([name, value]) => bytesField(5, encodeAttribute(name, value))),
  ]);
}

interface Additions {
  /** Behind all nodes of the file. */
  readonly nodes: readonly NodeDraft[];
  /** Before the first node (-1) or behind the node of that index. */
  readonly between?: ReadonlyMap<number, readonly NodeDraft[]>;
  /** By index of the node. */
  readonly renames?: ReadonlyMap<number, Renames>;
  readonly inputs?: readonly Uint8Array[];
  readonly constants: readonly Uint8Array[];
  readonly edits: readonly NodeEdit[];
  readonly outputs: readonly Uint8Array[];
  /** Types of tensors between nodes, for value_info (13). */
  readonly typed: readonly Uint8Array[];
}

/** A whole ModelProto: 1 ir_version, 7 graph {1 node, 2 name, 5 initializer, 11 input, 12 output}, 8 opset_import. */
export function encodeModel(model: OnnxModel, additions: Additions): { readonly bytes: Uint8Array; readonly mounted: readonly Mounted[] } {
  const { mounted, original } = mountsOf(model);
  const edits = new Map<number, NodeEdit[]>();
  for (const edit of additions.edits) edits.set(edit.node, [...(edits.get(edit.node) ?? []), edit]);
  const pieces: Uint8Array[] = [textField(2, 'instrumented')];
  const insert = (index: number) => pieces.push(...(additions.between?.get(index) ?? []).map((node) => bytesField(1, encodeNode(node))));
  insert(-1);
  for (const node of model.nodes) {
    const tensor = isLargeConstant(model, node) ? node.attributes.get('value')?.tensor : undefined;
    if (tensor) pieces.push(bytesField(5, externalTensor(model, tensor, original, node.outputs[0])));
    else {
      const [own, renames] = [edits.get(node.index), additions.renames?.get(node.index)];
      pieces.push(bytesField(1, own || renames ? editedNode(node, own ?? [], renames ?? new Map()) : bytesOf(node.span)));
    }
    insert(node.index);
  }
  for (const node of additions.nodes) pieces.push(bytesField(1, encodeNode(node)));
  for (const tensor of model.initializers.values()) pieces.push(bytesField(5, externalTensor(model, tensor, original)));
  for (const tensor of additions.constants) pieces.push(bytesField(5, tensor));
  for (const span of [...model.inputs.map((input) => input.span), ...model.initializerInputs]) pieces.push(bytesField(11, bytesOf(span)));
  for (const input of additions.inputs ?? []) pieces.push(bytesField(11, input));
  for (const output of model.outputs) pieces.push(bytesField(12, bytesOf(output.span)));
  for (const output of additions.outputs) pieces.push(bytesField(12, output));
  for (const value of additions.typed) pieces.push(bytesField(13, value));
  for (const span of model.copied) pieces.push(bytesOf(span));
  return { bytes: join([...headerPieces(model, additions.nodes), bytesField(7, join(pieces))]), mounted };
}

/** ir_version and opset imports, those of the added nodes included. */
export function headerPieces(model: OnnxModel, added: readonly NodeDraft[]): Uint8Array[] {
  const opsets = new Map(model.opsets);
  for (const node of added) if (node.domain && !opsets.has(node.domain)) opsets.set(node.domain, 1);
  return [intField(1, model.irVersion), ...[...opsets].map(([domain, version]) => bytesField(8, join([textField(1, domain), intField(2, version)])))];
}
