// The instrumented model: the same graph with more outputs and the side nodes they need, as a small file whose weights lie in the
// original bytes. No node of the model is rewired; its own outputs stay as they are.

import { float32, inferTypes } from '../file/elementTypes';
import { bytesField, encodeAttribute, encodeNode, encodeValue, intField, join, type NodeDraft, textField } from '../file/encode';
import type { OnnxModel, OnnxNode } from '../file/model';
import { bytesOf, readAttribute, spanIn } from '../file/proto';
import type { NodeEdit } from '../file/sideGraph';
import { eachField } from '../file/wire';
import { externalTensor, type Mounted, mountsOf } from './externalise';

export interface Instrumented {
  readonly bytes: Uint8Array;
  /** What the runtime must be given beside the bytes. */
  readonly mounted: readonly Mounted[];
  /** Tensor asked for → output that holds it, as float32. */
  readonly outputs: ReadonlyMap<string, string>;
}

/** A Constant node with a large payload becomes an initializer, so that its numbers need not be copied. */
export function isLargeConstant(model: OnnxModel, node: OnnxNode): boolean {
  const tensor = node.op === 'Constant' ? node.attributes.get('value')?.tensor : undefined;
  return tensor?.raw !== undefined && tensor.raw.to - tensor.raw.from >= 1024 && tensor.raw.bytes === model.bytes;
}

function editedNode(node: OnnxNode, edits: readonly NodeEdit[]): Uint8Array {
  const outputs = [...node.outputs];
  const attributes = new Map(edits.flatMap((edit) => Object.entries(edit.attributes ?? {})));
  for (const { slot, tensor } of edits) {
    while (outputs.length < slot) outputs.push('');
    outputs[slot] = tensor;
  }
  const { bytes, from, to } = node.span;
  const pieces: Uint8Array[] = [];
  eachField(bytes, from, to, (field) => {
    const isReplaced = field.number === 2 || (field.number === 5 && attributes.has(readAttribute(spanIn(bytes, field)).name));
    if (!isReplaced) pieces.push(bytes.subarray(field.start, field.to));
  });
  return join([
    ...pieces,
    ...outputs.map((name) => textField(2, name)),
    ...[...attributes].map(([name, value]) => bytesField(5, encodeAttribute(name, value))),
  ]);
}

interface Additions {
  readonly nodes: readonly NodeDraft[];
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
  for (const node of model.nodes) {
    const tensor = isLargeConstant(model, node) ? node.attributes.get('value')?.tensor : undefined;
    if (tensor) pieces.push(bytesField(5, externalTensor(model, tensor, original, node.outputs[0])));
    else {
      const own = edits.get(node.index);
      pieces.push(bytesField(1, own ? editedNode(node, own) : bytesOf(node.span)));
    }
  }
  for (const node of additions.nodes) pieces.push(bytesField(1, encodeNode(node)));
  for (const tensor of model.initializers.values()) pieces.push(bytesField(5, externalTensor(model, tensor, original)));
  for (const tensor of additions.constants) pieces.push(bytesField(5, tensor));
  for (const span of [...model.inputs.map((input) => input.span), ...model.initializerInputs]) pieces.push(bytesField(11, bytesOf(span)));
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

/** The model with these tensors as outputs. Tensors that it does not know are left out of `outputs`. */
export function instrument(model: OnnxModel, tensors: readonly string[]): Instrumented {
  const types = inferTypes(model);
  const made = new Set(model.nodes.flatMap((node) => node.outputs));
  const own = new Set(model.outputs.map((output) => output.name));
  const sources = new Set([...model.inputs.map((input) => input.name), ...model.initializers.keys()]);
  const outputs = new Map<string, string>();
  const casts: NodeDraft[] = [];
  const values: Uint8Array[] = [];
  const wanted = [...new Set(tensors)].filter((tensor) => made.has(tensor) || sources.has(tensor) || model.sides.has(tensor));
  for (const tensor of wanted) {
    const isFloat = (types.get(tensor) ?? model.sides.typeOf(tensor)) === float32;
    const isMade = made.has(tensor) || model.sides.isEdit(tensor) || model.sides.maker(tensor) !== undefined;
    if (isFloat && isMade) {
      outputs.set(tensor, tensor);
      // The runtime cannot infer the types of all optional outputs; for other tensors it knows better than we do.
      const isOptional = model.sides.isEdit(tensor) || model.sides.maker(tensor)?.domain === 'com.microsoft';
      if (!own.has(tensor)) values.push(isOptional ? encodeValue(tensor, float32) : encodeValue(tensor));
      continue;
    }
    const name = `inspector/out/${outputs.size}`;
    casts.push({ op: 'Cast', inputs: [tensor], outputs: [name], name, attributes: { to: float32 } });
    outputs.set(tensor, name);
    values.push(encodeValue(name, float32));
  }
  const { nodes, constants, edits } = model.sides.needed(wanted);
  const optional = [...edits.map((edit) => edit.tensor), ...nodes.flatMap((node) => (node.domain === 'com.microsoft' ? node.outputs : []))];
  const typed = optional.flatMap((name) => {
    const type = model.sides.typeOf(name);
    return type === undefined || outputs.get(name) === name ? [] : [encodeValue(name, type)];
  });
  return { ...encodeModel(model, { nodes: [...nodes, ...casts], constants, edits, outputs: values, typed }), outputs };
}
