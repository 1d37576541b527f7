// A file in which one node gives other numbers under its old name: what it made, times a factor, plus a term.

import { float32 } from '../../../src/onnx/file/elementTypes';
import { encodeNode, encodeTensor } from '../../../src/onnx/file/encode';
import { bytesField, type Field, payloadsOf, readFields, stringField, stringsOf, writeFields } from './protobuf';

const graphField = 7;
const nodeField = 1;
const initializerField = 5;
const outputField = 12;
const nodeOutput = 2;
const nodeOp = 4;

const textOf = (field: Field) => new TextDecoder().decode(field.value as Uint8Array);

export interface Planted {
  readonly factor: number;
  readonly term: number;
  /** Element type of the tensor. */
  readonly type: number;
}

/** Names of what the nodes of the graph itself compute: not those of its branches and functions, no constants (−∞ plus anything is −∞), and not its outputs. */
export function hiddenTensors(bytes: Uint8Array): Set<string> {
  const graph = readFields(payloadsOf(readFields(bytes), graphField)[0] as Uint8Array);
  const nodes = graph.filter((field) => field.number === nodeField).map((field) => readFields(field.value as Uint8Array));
  const made = nodes.flatMap((node) => (stringsOf(node, nodeOp)[0] === 'Constant' ? [] : stringsOf(node, nodeOutput)));
  const outputs = graph.filter((field) => field.number === outputField).flatMap((field) => stringsOf(readFields(field.value as Uint8Array), 1));
  return new Set(made.filter((name) => !outputs.includes(name)));
}

export function withPlanted(bytes: Uint8Array, tensor: string, { factor, term, type }: Planted): Uint8Array {
  const [before, scaled] = [`${tensor}/before`, `${tensor}/scaled`];
  const plant = (graph: Uint8Array) =>
    readFields(graph).flatMap((field): Field[] => {
      if (field.number !== nodeField) return [field];
      const node = readFields(field.value as Uint8Array);
      if (!node.some((one) => one.number === nodeOutput && textOf(one) === tensor)) return [field];
      const renamed = node.map((one) => (one.number === nodeOutput && textOf(one) === tensor ? stringField(nodeOutput, before) : one));
      const added = [
        { op: 'Cast', inputs: [before], outputs: [`${before}/float`], attributes: { to: float32 } },
        { op: 'Mul', inputs: [`${before}/float`, 'planted/factor'], outputs: [scaled] },
        { op: 'Add', inputs: [scaled, 'planted/term'], outputs: [`${scaled}/moved`] },
        { op: 'Cast', inputs: [`${scaled}/moved`], outputs: [tensor], attributes: { to: type } },
      ];
      return [bytesField(nodeField, writeFields(renamed)), ...added.map((draft) => bytesField(nodeField, encodeNode(draft)))];
    });
  const constants = [encodeTensor('planted/factor', [], [factor], float32), encodeTensor('planted/term', [], [term], float32)];
  return writeFields(
    readFields(bytes).map((field) =>
      field.number === graphField
        ? bytesField(graphField, writeFields([...plant(field.value as Uint8Array), ...constants.map((one) => bytesField(initializerField, one))]))
        : field,
    ),
  );
}
