// Operations that go number by number, with tensors stretched to fit each other.

import { bool } from '../file/elementTypes';
import { attributeOf, type Operation } from './operation';
import { broadcastDims, expanded, type Value } from './value';

/** Applies a function of the numbers that stand in the same place; undefined where the shapes do not fit. */
export function mapped(values: readonly Value[], compute: (...numbers: number[]) => number): Value | undefined {
  const dims = broadcastDims(values.map((value) => value.dims));
  if (!dims) return undefined;
  const datas = values.map((value) => expanded(value, dims).data);
  const [a, b] = datas as [Float64Array, Float64Array?];
  const data = new Float64Array(a.length);
  if (datas.length === 1) for (let i = 0; i < data.length; i++) data[i] = compute(a[i] as number);
  else if (datas.length === 2 && b) for (let i = 0; i < data.length; i++) data[i] = compute(a[i] as number, b[i] as number);
  else for (let i = 0; i < data.length; i++) data[i] = compute(...datas.map((one) => one[i] as number));
  return { dims, data };
}

const plain =
  (compute: (...numbers: number[]) => number, count: number): Operation =>
  ({ inputs }) => {
    const values = inputs.filter((value) => value !== undefined);
    return values.length < count || values.length !== inputs.length ? undefined : mapped(values, compute);
  };

/** The error function to double precision: its series, or a continued fraction where that is long. */
function erf(x: number): number {
  const z = Math.abs(x);
  if (z > 6) return Math.sign(x);
  if (z < 2.5) {
    let term = x;
    let sum = x;
    for (let n = 1; n < 60; n++) {
      term *= (-x * x) / n;
      const next = sum + term / (2 * n + 1);
      // What follows is smaller still, once the terms shrink.
      if (next === sum && n > z * z) break;
      sum = next;
    }
    return (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = 0;
  for (let n = 60; n >= 1; n--) fraction = n / 2 / (z + fraction);
  return Math.sign(x) * (1 - Math.exp(-z * z) / (Math.sqrt(Math.PI) * (z + fraction)));
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const tanhGelu = (x: number) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
const erfGelu = (x: number) => 0.5 * x * (1 + erf(x / Math.SQRT2));

/** x + bias, the bias may be left out, then a function. */
const biased =
  (compute: (x: number) => number): Operation =>
  ({ inputs: [x, bias] }) =>
    x && (bias ? mapped([x, bias], (a, b) => compute(a + b)) : mapped([x], compute));

/** A number of the node: an attribute with its default. */
const shaped =
  (name: string, otherwise: number, compute: (x: number, setting: number) => number): Operation =>
  ({ node, inputs: [x] }) => {
    const setting = attributeOf(node, name)?.float ?? otherwise;
    return x && mapped([x], (value) => compute(value, setting));
  };

const clip: Operation = ({ node, inputs: [x, low, high] }) => {
  const least = low?.data[0] ?? attributeOf(node, 'min')?.float ?? Number.NEGATIVE_INFINITY;
  const most = high?.data[0] ?? attributeOf(node, 'max')?.float ?? Number.POSITIVE_INFINITY;
  return x && mapped([x], (value) => Math.min(most, Math.max(least, value)));
};

const gelu: Operation = ({ node, inputs: [x] }) => x && mapped([x], attributeOf(node, 'approximate')?.text === 'tanh' ? tanhGelu : erfGelu);

/** Casts keep the number; to whole numbers they cut it off. */
const cast: Operation = ({ node, inputs: [x] }) => {
  const to = attributeOf(node, 'to')?.int ?? 1;
  if (to === bool) return x && mapped([x], (value) => (value === 0 ? 0 : 1));
  return x && ([2, 3, 5, 6, 7].includes(to) ? mapped([x], Math.trunc) : x);
};

export const elementwise: Readonly<Record<string, Operation>> = {
  Add: plain((a, b) => (a as number) + (b as number), 2),
  Sub: plain((a, b) => (a as number) - (b as number), 2),
  Mul: plain((a, b) => (a as number) * (b as number), 2),
  Div: plain((a, b) => (a as number) / (b as number), 2),
  Pow: plain((a, b) => (a as number) ** (b as number), 2),
  Max: plain(Math.max, 1),
  Min: plain(Math.min, 1),
  Sum: plain((...numbers) => numbers.reduce((sum, one) => sum + one, 0), 1),
  Mean: plain((...numbers) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length, 1),
  Where: plain((condition, a, b) => (condition === 0 ? (b as number) : (a as number)), 3),
  Equal: plain((a, b) => (a === b ? 1 : 0), 2),
  Greater: plain((a, b) => ((a as number) > (b as number) ? 1 : 0), 2),
  Less: plain((a, b) => ((a as number) < (b as number) ? 1 : 0), 2),
  Not: plain((a) => (a === 0 ? 1 : 0), 1),
  Sqrt: plain(Math.sqrt, 1),
  Rsqrt: plain((a) => 1 / Math.sqrt(a as number), 1),
  Reciprocal: plain((a) => 1 / (a as number), 1),
  Neg: plain((a) => -(a as number), 1),
  Abs: plain(Math.abs, 1),
  Exp: plain(Math.exp, 1),
  Log: plain(Math.log, 1),
  Erf: plain((a) => erf(a as number), 1),
  Tanh: plain(Math.tanh, 1),
  Sigmoid: plain((a) => sigmoid(a as number), 1),
  Relu: plain((a) => Math.max(0, a as number), 1),
  Softplus: plain((a) => Math.log1p(Math.exp(-Math.abs(a as number))) + Math.max(0, a as number), 1),
  Silu: plain((a) => (a as number) * sigmoid(a as number), 1),
  Mish: plain((a) => (a as number) * Math.tanh(Math.log1p(Math.exp(a as number))), 1),
  Softsign: plain((a) => (a as number) / (1 + Math.abs(a as number)), 1),
  Floor: plain(Math.floor, 1),
  Ceil: plain(Math.ceil, 1),
  Sign: plain(Math.sign, 1),
  Gelu: gelu,
  FastGelu: biased(tanhGelu),
  BiasGelu: biased(erfGelu),
  QuickGelu: shaped('alpha', 1.702, (x, alpha) => x * sigmoid(alpha * x)),
  LeakyRelu: shaped('alpha', 0.01, (x, alpha) => (x < 0 ? alpha * x : x)),
  Elu: shaped('alpha', 1, (x, alpha) => (x < 0 ? alpha * Math.expm1(x) : x)),
  Swish: shaped('alpha', 1, (x, alpha) => x * sigmoid(alpha * x)),
  HardSwish: plain((a) => (a as number) * Math.min(1, Math.max(0, (a as number) / 6 + 0.5)), 1),
  Clip: clip,
  Cast: cast,
  CastLike: ({ inputs: [x] }) => x,
  Identity: ({ inputs: [x] }) => x,
  Dropout: ({ inputs: [x] }) => x,
};
