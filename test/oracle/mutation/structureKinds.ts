// Mutations of the graph as such: attributes, inputs, operations, constants, weights. They know nothing of attention.

import { bytesField, type Field, numberField } from '../support/protobuf';
import { type Mutation, type Patient, pick } from './mutation';
import { bigIntsIn, type Constant, floatsIn, type GraphNode } from './onnxGraph';

const countOf = ({ dims }: Constant) => dims.reduce((product, dim) => product * dim, 1);

function drawNode({ graph, random }: Patient, isWanted: (node: GraphNode) => boolean): GraphNode | undefined {
  return pick(graph.nodes.filter(isWanted), random);
}

function floatField(number: number, value: number): Field {
  return { number, wire: 5, value: new Uint8Array(Float32Array.of(value).buffer) };
}

/** AttributeProto: 2 f, 3 i, 8 ints. */
function changedAttribute(fields: readonly Field[], patient: Patient): Field[] | undefined {
  const places = fields.flatMap((field, at) => ([2, 3, 8].includes(field.number) ? [at] : []));
  const at = pick(places, patient.random);
  if (at === undefined) return undefined;
  const field = fields[at] as Field;
  if (field.number === 2) {
    const value = new DataView((field.value as Uint8Array).slice().buffer).getFloat32(0, true);
    return fields.with(at, floatField(2, value < 0.01 ? value * 3000 + 0.01 : value * 2));
  }
  if (field.number === 3) {
    const value = Number(BigInt.asIntN(64, field.value as bigint));
    return fields.with(at, numberField(3, BigInt.asUintN(64, BigInt(value === 0 ? 1 : value === 1 ? 0 : value + (patient.random.below(2) === 0 ? 1 : -1)))));
  }
  if (field.value instanceof Uint8Array) {
    const bytes = [...field.value];
    const [a, b] = [patient.random.below(bytes.length), patient.random.below(bytes.length)];
    [bytes[a], bytes[b]] = [bytes[b] as number, bytes[a] as number];
    return a === b ? undefined : fields.with(at, bytesField(8, Uint8Array.from(bytes)));
  }
  const other = pick(
    places.filter((place) => place !== at && fields[place]?.number === 8),
    patient.random,
  );
  return other === undefined ? undefined : fields.with(at, fields[other] as Field).with(other, field);
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

const constantChanged: Mutation = {
  name: 'a number of the graph changed',
  rule: 'numbers',
  make({ graph, random }) {
    const entry = pick(
      [...graph.constants].filter(([, constant]) => constant.type === 1 && countOf(constant) === 1),
      random,
    );
    if (!entry) return undefined;
    const values = floatsIn(entry[1]);
    const before = values[0] as number;
    values[0] = pick([before * 2, -before, before + 0.5, 0, 1], random) as number;
    return values[0] === before ? undefined : `${entry[0]}: ${before} became ${values[0]}`;
  },
};

const integerChanged: Mutation = {
  name: 'a whole number of the graph changed',
  rule: 'numbers',
  make({ graph, random }) {
    const entry = pick(
      [...graph.constants].filter(([, constant]) => constant.type === 7 && countOf(constant) >= 1 && countOf(constant) <= 4),
      random,
    );
    if (!entry) return undefined;
    const values = bigIntsIn(entry[1]);
    const at = random.below(values.length);
    values[at] = (values[at] as bigint) + (random.below(2) === 0 ? 1n : -1n);
    return `${entry[0]}[${at}] became ${values[at]}`;
  },
};

/** Numbers that mask, and switches. */
const isMask = (constant: Constant) => (constant.type === 9 ? true : constant.type === 1 && floatsIn(constant).some((value) => value <= -1e3));

const maskChanged: Mutation = {
  name: 'a constant of a mask changed',
  rule: 'numbers',
  mayFlipMask: true,
  make({ graph, random }) {
    const entry = pick(
      [...graph.constants].filter(([, constant]) => countOf(constant) > 0 && isMask(constant)),
      random,
    );
    if (!entry) return undefined;
    const [name, constant] = entry;
    if (constant.type === 9) {
      const half = random.below(2) === 0;
      constant.raw.forEach((value, i) => {
        if (!half || random.below(2) === 0) constant.raw[i] = 1 - value;
      });
      return `${name}: ${half ? 'half of ' : ''}its switches turned`;
    }
    const values = floatsIn(constant);
    const factor = pick([0, -1, 1e-4], random) as number;
    values.forEach((value, i) => {
      if (value <= -1e3) values[i] = Number.isFinite(value) ? value * factor : factor === 0 ? 0 : 1e4;
    });
    return `${name} times ${factor}`;
  },
};

const whereTurned: Mutation = {
  name: 'the two sides of a choice exchanged',
  rule: 'numbers',
  mayFlipMask: true,
  make(patient) {
    const node = drawNode(patient, (one) => one.op === 'Where');
    if (!node) return undefined;
    [node.inputs[1], node.inputs[2]] = [node.inputs[2] as string, node.inputs[1] as string];
    [node.slots[1], node.slots[2]] = [node.slots[2] as number, node.slots[1] as number];
    return node.outputs[0];
  },
};

const weightsExchanged: Mutation = {
  name: 'two weights of the same shape exchanged',
  rule: 'numbers',
  make({ graph, random }) {
    const weights = [...graph.constants].filter(([, constant]) => constant.type === 1 && countOf(constant) >= 16);
    const one = pick(weights, random);
    const other =
      one &&
      pick(
        weights.filter(([name, { dims }]) => name !== one[0] && String(dims) === String(one[1].dims)),
        random,
      );
    if (!one || !other) return undefined;
    [one[1].raw, other[1].raw] = [other[1].raw, one[1].raw];
    return `${one[0]} and ${other[0]}`;
  },
};

const rowsMoved: Mutation = {
  name: 'the rows of a weight moved on by one',
  rule: 'numbers',
  make({ graph, random }) {
    const entry = pick(
      [...graph.constants].filter(([, { type, dims }]) => type === 1 && dims.length === 2 && (dims[0] as number) > 1 && (dims[1] as number) > 1),
      random,
    );
    if (!entry) return undefined;
    const { raw, dims } = entry[1];
    const row = raw.length / (dims[0] as number);
    entry[1].raw = Uint8Array.from([...raw.subarray(row), ...raw.subarray(0, row)]);
    return entry[0];
  },
};

export const structureKinds: readonly Mutation[] = [
  attributeChanged,
  inputsExchanged,
  operationReplaced,
  operationLeftOut,
  inputReplaced,
  constantChanged,
  integerChanged,
  maskChanged,
  whereTurned,
  weightsExchanged,
  rowsMoved,
];
