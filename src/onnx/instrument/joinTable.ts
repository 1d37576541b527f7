// A model that takes rows of an embedding table, and the file that makes these rows from tokens, as one file: the nodes of the table come
// first, under names of their own, and its outputs take the place of the inputs that they feed. No number is changed.

import { bytesField, intField, join, textField } from '../file/encode';
import { renamedNode } from '../file/inlineFunctions';
import type { Span } from '../file/messages/parts';
import { bytesOf, textAt } from '../file/messages/span';
import type { OnnxModel } from '../file/model';
import { eachField } from '../file/wire';

/** Output of the table → input of the model that it feeds. */
export type Feeding = ReadonlyMap<string, string>;

const alike = (a: readonly unknown[] | undefined, b: readonly unknown[] | undefined) =>
  !a || !b || (a.length === b.length && a.every((dim, i) => typeof dim !== 'number' || typeof b[i] !== 'number' || dim === b[i]));

/**
 * Which outputs of the table feed these inputs: those of the same name, or the only one; undefined where they do not fit, or where the
 * two files speak of different operators.
 */
export function feedingOf(model: OnnxModel, inputs: readonly string[], table: OnnxModel): Feeding | undefined {
  const sameOpsets = [...table.opsets].every(([domain, version]) => (model.opsets.get(domain) ?? version) === version);
  const pairs = inputs.map((name) => {
    const input = model.inputs.find((one) => one.name === name);
    const output = table.outputs.find((one) => one.name === name) ?? (inputs.length === 1 && table.outputs.length === 1 ? table.outputs[0] : undefined);
    const fits = input && output?.isTensor && input.type === output.type && alike(input.dims, output.dims);
    return fits ? ([output.name, input.name] as const) : undefined;
  });
  return sameOpsets && pairs.every((pair) => pair !== undefined) ? new Map(pairs) : undefined;
}

/** The message with field `number`, its name, written anew. */
function withName({ bytes, from, to }: Span, number: number, rename: (name: string) => string): Uint8Array {
  const pieces: Uint8Array[] = [];
  eachField(bytes, from, to, (field) =>
    pieces.push(field.number === number ? textField(number, rename(textAt(bytes, field.from, field.to))) : bytes.subarray(field.start, field.to)),
  );
  return join(pieces);
}

/** ModelProto bytes: 1 ir_version, 7 graph {1 node, 2 name, 5 initializer, 11 input, 12 output}, 8 opset_import. Weights are copied. */
export function joinTable(model: OnnxModel, table: OnnxModel, feeding: Feeding): Uint8Array {
  const taken = new Set([...model.inputs.map((input) => input.name), ...model.nodes.flatMap((node) => node.outputs)]);
  const isFree = (name: string) => !taken.has(name) && table.inputs.some((input) => input.name === name);
  const rename = (name: string) => (name === '' ? '' : (feeding.get(name) ?? (isFree(name) ? name : `table/${name}`)));
  const fed = new Set(feeding.values());
  const opsets = new Map([...table.opsets, ...model.opsets]);
  const graph = join([
    ...table.nodes.map((node) => bytesField(1, bytesOf(renamedNode(node, rename).span))),
    ...model.nodes.map((node) => bytesField(1, bytesOf(node.span))),
    textField(2, 'joined'),
    ...[...table.initializers.values()].map((tensor) => bytesField(5, withName(tensor.span, 8, rename))),
    ...[...model.initializers.values()].map((tensor) => bytesField(5, bytesOf(tensor.span))),
    ...table.inputs.map((input) => bytesField(11, withName(input.span, 1, rename))),
    ...model.inputs.filter((input) => !fed.has(input.name)).map((input) => bytesField(11, bytesOf(input.span))),
    ...model.initializerInputs.map((span) => bytesField(11, bytesOf(span))),
    ...model.outputs.map((output) => bytesField(12, bytesOf(output.span))),
    ...model.copied.map(bytesOf),
  ]);
  const imports = [...opsets].map(([domain, version]) => bytesField(8, join([textField(1, domain), intField(2, version)])));
  return join([intField(1, Math.max(model.irVersion, table.irVersion)), textField(2, model.producer), bytesField(7, graph), ...imports]);
}
