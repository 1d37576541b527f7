// Sums, means and lengths over axes, however the axes are spelled, and the norms that are one operator.

import { sizeOf } from '../../core/tensor';
import { mapped } from './elementwise';
import { attributeOf, type Call, listOf, type Operation } from './operation';
import { axisIn, strided, stridesOf, type Value } from './value';

/** One number per group of `axes`, in the order of the other axes. */
function reduce(value: Value, axes: readonly number[], keeps: boolean, compute: (group: Float64Array) => number): Value {
  const kept = value.dims.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const strides = stridesOf(value.dims);
  const order = [...kept, ...axes];
  const grouped = strided(
    value.data,
    order.map((axis) => value.dims[axis] as number),
    order.map((axis) => strides[axis] as number),
  ).data;
  const size = sizeOf(axes.map((axis) => value.dims[axis] as number));
  const data = new Float64Array(grouped.length / Math.max(1, size)).map((_, i) => compute(grouped.subarray(i * size, (i + 1) * size)));
  return { dims: keeps ? value.dims.map((dim, axis) => (axes.includes(axis) ? 1 : dim)) : kept.map((axis) => value.dims[axis] as number), data };
}

const sum = (group: Float64Array) => group.reduce((total, one) => total + one, 0);
const squares = (group: Float64Array) => group.reduce((total, one) => total + one * one, 0);
const mean = (group: Float64Array) => sum(group) / group.length;

const reducing =
  (compute: (group: Float64Array) => number): Operation =>
  (call) => {
    const [value] = call.inputs;
    if (!value) return undefined;
    const given = listOf(call, 'axes', 1);
    if (!given?.length && attributeOf(call.node, 'noop_with_empty_axes')?.int === 1) return value;
    const axes = given?.length ? given.map((axis) => axisIn(axis, value.dims.length)) : value.dims.map((_, axis) => axis);
    if (axes.some((axis) => axis === undefined)) return undefined;
    return reduce(value, axes as number[], attributeOf(call.node, 'keepdims')?.int !== 0, compute);
  };

const epsilonOf = ({ node }: Call, otherwise = 1e-5) => attributeOf(node, 'epsilon')?.float ?? otherwise;

/** (x − mean) / √(var + ε) over `axes`, or x / √(mean of squares + ε) where nothing is taken off. */
function normalised(x: Value, axes: readonly number[], epsilon: number, isCentred: boolean): Value | undefined {
  const centre = isCentred ? reduce(x, axes, true, mean) : undefined;
  const centred = centre ? mapped([x, centre], (a, b) => a - b) : x;
  const size = centred && reduce(centred, axes, true, (group) => Math.sqrt(squares(group) / group.length + epsilon));
  return centred && size && mapped([centred, size], (a, b) => a / b);
}

function scaled(x: Value | undefined, scale: Value | undefined, shift: Value | undefined): Value | undefined {
  const times = x && scale ? mapped([x, scale], (a, b) => a * b) : x;
  return times && shift ? mapped([times, shift], (a, b) => a + b) : times;
}

/** LayerNormalization and RMSNormalization with all axes from `axis` on. */
const layerNorm =
  (isCentred: boolean): Operation =>
  (call) => {
    const [x, scale, shift] = call.inputs;
    const from = x && axisIn(attributeOf(call.node, 'axis')?.int ?? -1, x.dims.length);
    if (!x || from === undefined) return undefined;
    const axes = x.dims.map((_, axis) => axis).slice(from);
    return scaled(normalised(x, axes, epsilonOf(call), isCentred), scale, isCentred ? shift : undefined);
  };

/** The norm of a sum of two tensors, which the caller gives in the place of the first. */
const skipNorm =
  (isCentred: boolean): Operation =>
  (call) => {
    const [x, , scale, shift] = call.inputs;
    return x && scaled(normalised(x, [x.dims.length - 1], epsilonOf(call, 1e-12), isCentred), scale, isCentred ? shift : undefined);
  };

/** A number per channel, to stand beside [text, channel, …]. */
const perChannel = (value: Value, rank: number): Value => ({
  dims: [value.data.length, ...new Array<number>(Math.max(0, rank - 2)).fill(1)],
  data: value.data,
});

const batchNorm: Operation = (call) => {
  const [x, ...rest] = call.inputs;
  const [scale, shift, centre, variance] = rest.map((value) => value && x && perChannel(value, x.dims.length));
  if (!x || !scale || !shift || !centre || !variance || attributeOf(call.node, 'training_mode')?.int === 1) return undefined;
  const epsilon = epsilonOf(call);
  return mapped(
    [x, scale, shift, centre, variance],
    (...[value, a, b, m, v]) => (((value as number) - (m as number)) / Math.sqrt((v as number) + epsilon)) * (a as number) + (b as number),
  );
};

const instanceNorm: Operation = (call) => {
  const [x, scale, shift] = call.inputs;
  if (!x || !scale || !shift) return undefined;
  const axes = x.dims.map((_, axis) => axis).slice(2);
  return scaled(normalised(x, axes, epsilonOf(call), true), perChannel(scale, x.dims.length), perChannel(shift, x.dims.length));
};

const lpNorm: Operation = ({ node, inputs: [x] }) => {
  const axis = x && axisIn(attributeOf(node, 'axis')?.int ?? -1, x.dims.length);
  if (!x || axis === undefined) return undefined;
  const isFirst = attributeOf(node, 'p')?.int === 1;
  const size = reduce(x, [axis], true, (group) => (isFirst ? group.reduce((total, one) => total + Math.abs(one), 0) : Math.sqrt(squares(group))));
  return mapped([x, size], (a, b) => (b === 0 ? 0 : a / b));
};

const globalMean: Operation = ({ inputs: [x] }) => (x && x.dims.length > 2 ? reduce(x, x.dims.map((_, axis) => axis).slice(2), true, mean) : undefined);

export const reductions: Readonly<Record<string, Operation>> = {
  ReduceMean: reducing(mean),
  ReduceSum: reducing(sum),
  ReduceSumSquare: reducing(squares),
  ReduceL2: reducing((group) => Math.sqrt(squares(group))),
  ReduceL1: reducing((group) => group.reduce((total, one) => total + Math.abs(one), 0)),
  ReduceMax: reducing((group) => group.reduce((most, one) => Math.max(most, one), Number.NEGATIVE_INFINITY)),
  ReduceMin: reducing((group) => group.reduce((least, one) => Math.min(least, one), Number.POSITIVE_INFINITY)),
  ReduceProd: reducing((group) => group.reduce((product, one) => product * one, 1)),
  GlobalAveragePool: globalMean,
  LayerNormalization: layerNorm(true),
  SimplifiedLayerNormalization: layerNorm(false),
  RMSNormalization: layerNorm(false),
  SkipLayerNormalization: skipNorm(true),
  SkipSimplifiedLayerNormalization: skipNorm(false),
  BatchNormalization: batchNorm,
  InstanceNormalization: instanceNorm,
  LpNormalization: lpNorm,
};
