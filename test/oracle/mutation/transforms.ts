// Changes of one tensor on its way: each makes other numbers of the same shape.

import { type Patient, pick } from './mutation';
import type { GraphNode } from './onnxParts';

export interface Transform {
  readonly name: string;
  /** Multiplies by one number: what stands behind may be called the same thing times a factor. */
  readonly isFactor?: boolean;
  /** Multiplies each feature by a number of its own: beside the stream, a scale of the layer, as a norm's. */
  readonly isFeatureFactor?: boolean;
  /** The name of the changed tensor, made before `before`; undefined where it does not apply to these dimensions. */
  make(patient: Patient, input: string, before: GraphNode, dims: readonly number[]): string | undefined;
}

const vector = ({ random }: Patient, length: number, from: number, to: number) => Array.from({ length }, () => from + (to - from) * random.next());
const width = (dims: readonly number[]) => dims[dims.length - 1] ?? 1;

/** Another tensor of the same dimensions that is computed before `before`. */
function another(patient: Patient, before: GraphNode, input: string, dims: readonly number[]): string | undefined {
  const { graph, dimsOf, random } = patient;
  const earlier = graph.nodes.slice(0, graph.nodes.indexOf(before)).flatMap((node) => node.outputs);
  return pick(
    earlier.filter((name) => name !== input && String(dimsOf.get(name)) === String(dims)),
    random,
  );
}

const unary = (op: string): Transform => ({ name: op, make: ({ graph }, input, before) => graph.insert(before, op, [input]) });

export const transforms: readonly Transform[] = [
  { name: 'times 2', isFactor: true, make: ({ graph }, input, before) => graph.insert(before, 'Mul', [input, graph.float([], [2])]) },
  { name: 'times −1', isFactor: true, make: ({ graph }, input, before) => graph.insert(before, 'Neg', [input]) },
  {
    name: 'times a vector',
    isFeatureFactor: true,
    make: (patient, input, before, dims) =>
      patient.graph.insert(before, 'Mul', [input, patient.graph.float([width(dims)], vector(patient, width(dims), 0.3, 2))]),
  },
  {
    name: 'plus a vector',
    make: (patient, input, before, dims) =>
      patient.graph.insert(before, 'Add', [input, patient.graph.float([width(dims)], vector(patient, width(dims), -1, 1))]),
  },
  { name: 'plus 1', make: ({ graph }, input, before) => graph.insert(before, 'Add', [input, graph.float([], [1])]) },
  unary('Tanh'),
  unary('Relu'),
  unary('Abs'),
  {
    name: 'its own gate',
    make: ({ graph }, input, before) => graph.insert(before, 'Mul', [input, graph.insert(before, 'Sigmoid', [input])]),
  },
  { name: 'added to itself', isFactor: true, make: ({ graph }, input, before) => graph.insert(before, 'Add', [input, input]) },
  {
    name: 'plus another tensor',
    make(patient, input, before, dims) {
      const other = another(patient, before, input, dims);
      return other && patient.graph.insert(before, 'Add', [input, other]);
    },
  },
  {
    name: 'gated by another tensor',
    make(patient, input, before, dims) {
      const other = another(patient, before, input, dims);
      return other && patient.graph.insert(before, 'Mul', [input, patient.graph.insert(before, 'Sigmoid', [other])]);
    },
  },
  {
    name: 'another tensor in its place',
    make: (patient, input, before, dims) => another(patient, before, input, dims),
  },
  unary('Round'),
  {
    name: 'a low-rank branch beside it',
    make(patient, input, before, dims) {
      const [size, { graph }] = [width(dims), patient];
      const down = graph.insert(before, 'MatMul', [input, graph.float([size, 2], vector(patient, 2 * size, -0.5, 0.5))]);
      return graph.insert(before, 'Add', [input, graph.insert(before, 'MatMul', [down, graph.float([2, size], vector(patient, 2 * size, -0.5, 0.5))])]);
    },
  },
  {
    name: 'less its mean',
    make: ({ graph }, input, before, dims) => (dims.length > 1 ? graph.insert(before, 'MeanVarianceNormalization', [input]) : undefined),
  },
];
