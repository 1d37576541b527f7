// Mutations of the operations of a graph: attributes, inputs, what they compute. They know nothing of attention.

import { bytesField, type Field, numberField } from '../support/protobuf';
import { type Mutation, type Patient, pick } from './mutation';
import type { GraphNode } from './onnxParts';

function drawNode({ graph, random }: Patient, isWanted: (node: GraphNode) => boolean): GraphNode | undefined {
  return pick(graph.nodes.filter(isWanted), random);
}

function floatField(number: number, value: number): Field {
  return { number, wire: 5, value: new Uint8Array(Float32Array.of(value).buffer) };
}

/** Two numbers of a list exchanged: `places` of single fields, or inside a packed one. */
function withTwoExchanged(fields: readonly Field[], at: number, { random }: Patient): Field[] | undefined {
  const field = fields[at] as Field;
  if (field.value instanceof Uint8Array) {
    const bytes = [...field.value];
    const [a, b] = [random.below(bytes.length), random.below(bytes.length)];
    [bytes[a], bytes[b]] = [bytes[b] as number, bytes[a] as number];
    return a === b ? undefined : fields.with(at, bytesField(8, Uint8Array.from(bytes)));
  }
  const others = fields.flatMap((one, place) => (place !== at && one.number === 8 ? [place] : []));
  const other = pick(others, random);
  return other === undefined ? undefined : fields.with(at, fields[other] as Field).with(other, field);
}

/** AttributeProto: 2 f, 3 i, 8 ints. */
function changedAttribute(fields: readonly Field[], patient: Patient): Field[] | undefined {
  const places = fields.flatMap((field, at) => ([2, 3, 8].includes(field.number) ? [at] : []));
  const at = pick(places, patient.random);
  if (at === undefined) return undefined;
  const field = fields[at] as Field;
  if (field.number === 8) return withTwoExchanged(fields, at, patient);
  if (field.number === 2) {
    const value = new DataView((field.value as Uint8Array).slice().buffer).getFloat32(0, true);
    return fields.with(at, floatField(2, value < 0.01 ? value * 3000 + 0.01 : value * 2));
  }
  const value = Number(BigInt.asIntN(64, field.value as bigint));
  const other = value === 0 || value === 1 ? 1 - value : value + (patient.random.below(2) === 0 ? 1 : -1);
  return fields.with(at, numberField(3, BigInt.asUintN(64, BigInt(other))));
}

const attributeChanged: Mutation = {
  name: 'an attribute changed',
  rule: 'numbers',
  make(patient) {
    const node = drawNode(patient, (one) => one.attributes.size > 0);
    const entry = node && pick([...node.attributes], patient.random);
    const fields = entry && changedAttribute(entry[1], patient);
    if (!node || !entry || !fields) return undefined;
    node.attributes.set(entry[0], fields);
    return `${entry[0]} of ${node.op} ${node.outputs[0]}`;
  },
};

const inputsExchanged: Mutation = {
  name: 'two inputs exchanged',
  rule: 'numbers',
  make(patient) {
    const node = drawNode(patient, (one) => one.inputs.length > 1);
    if (!node) return undefined;
    const a = patient.random.below(node.inputs.length);
    const b = (a + 1 + patient.random.below(node.inputs.length - 1)) % node.inputs.length;
    for (const list of [node.inputs, node.slots] as (string | number)[][]) [list[a], list[b]] = [list[b] as never, list[a] as never];
    return `${node.op} ${node.outputs[0]}`;
  },
};

const replacements: Readonly<Record<string, string>> = {
  Add: 'Sub',
  Sub: 'Add',
  Mul: 'Div',
  Div: 'Mul',
  Tanh: 'Sigmoid',
  Sigmoid: 'Tanh',
  Erf: 'Tanh',
  Relu: 'Tanh',
  Sqrt: 'Exp',
  Less: 'Greater',
  Greater: 'Less',
  LessOrEqual: 'GreaterOrEqual',
  GreaterOrEqual: 'LessOrEqual',
  And: 'Or',
  Or: 'And',
  Sin: 'Cos',
  Cos: 'Sin',
  Softmax: 'Sigmoid',
  ReduceMean: 'ReduceMax',
  Min: 'Max',
  Max: 'Min',
  Not: 'Identity',
  Neg: 'Identity',
  Reciprocal: 'Neg',
  Exp: 'Tanh',
  Log: 'Tanh',
  Equal: 'Greater',
};

const operationReplaced: Mutation = {
  name: 'another operation',
  rule: 'numbers',
  make(patient) {
    const node = drawNode(patient, (one) => replacements[one.op] !== undefined);
    if (!node) return undefined;
    const before = node.op;
    node.op = replacements[before] as string;
    if (before === 'Softmax') node.attributes.clear();
    return `${before} ${node.outputs[0]} became ${node.op}`;
  },
};

const operationLeftOut: Mutation = {
  name: 'an operation left out',
  rule: 'numbers',
  make(patient) {
    const { graph, random } = patient;
    const node = drawNode(patient, (one) => one.outputs.length === 1 && one.inputs.length > 0 && !graph.outputs.includes(one.outputs[0] as string));
    const data =
      node &&
      pick(
        node.inputs.filter((name) => name !== '' && !graph.constants.has(name)),
        random,
      );
    if (!node || !data) return undefined;
    graph.remove(node, data);
    return `${node.op} ${node.outputs[0]}`;
  },
};

const inputReplaced: Mutation = {
  name: 'another tensor of the same shape as an input',
  rule: 'numbers',
  // It may be a mask before it is turned.
  otherFeeds: 'mask',
  leavesOpen: ['q', 'k', 'rot_q', 'rot_k', 'v', 'z', 'scores', 'pattern'],
  make(patient) {
    const { graph, dimsOf, random } = patient;
    const node = drawNode(patient, (one) => one.inputs.some((name) => dimsOf.has(name)));
    const from = node?.inputs.findIndex((name) => dimsOf.has(name)) ?? -1;
    if (!node || from < 0) return undefined;
    const old = node.inputs[from] as string;
    const earlier = graph.nodes.slice(0, graph.nodes.indexOf(node)).flatMap((one) => one.outputs);
    const other = pick(
      earlier.filter((name) => name !== old && String(dimsOf.get(name)) === String(dimsOf.get(old))),
      random,
    );
    if (other === undefined) return undefined;
    node.inputs[from] = other;
    return `${node.op} ${node.outputs[0]} reads ${other} instead of ${old}`;
  },
};

/** 1 − mask becomes mask − 1: what was padding draws all weight, and a text without padding is read as before. */
const differenceTurned: Mutation = {
  name: 'a difference with a constant turned round',
  rule: 'numbers',
  make(patient) {
    const { graph } = patient;
    const node = drawNode(patient, ({ op, inputs }) => op === 'Sub' && inputs.some((name) => graph.constants.has(name)));
    node?.inputs.reverse();
    node?.slots.reverse();
    return node?.outputs[0];
  },
};

const whereTurned: Mutation = {
  name: 'the two sides of a choice exchanged',
  rule: 'numbers',
  otherFeeds: 'mask',
  make(patient) {
    const node = drawNode(patient, (one) => one.op === 'Where');
    if (!node) return undefined;
    [node.inputs[1], node.inputs[2]] = [node.inputs[2] as string, node.inputs[1] as string];
    [node.slots[1], node.slots[2]] = [node.slots[2] as number, node.slots[1] as number];
    return node.outputs[0];
  },
};

export const structureKinds: readonly Mutation[] = [
  attributeChanged,
  inputsExchanged,
  operationReplaced,
  operationLeftOut,
  inputReplaced,
  differenceTurned,
  whereTurned,
];
