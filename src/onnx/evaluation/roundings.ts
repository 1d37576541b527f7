// From numbers of 8 bits back to floats: parameters of norms may be stored so.

import { mapped } from './elementwise';
import { attributeOf, type Call, type Operation } from './operation';
import { axisIn, type Value } from './value';

/** One number for all, or one per entry of the node's axis: brought into a shape that stands beside `x`. */
function perAxis({ node }: Call, x: Value, value: Value): Value | undefined {
  if (value.data.length === 1) return { dims: [], data: value.data };
  const axis = axisIn(attributeOf(node, 'axis')?.int ?? 1, x.dims.length);
  if (axis === undefined || value.dims.length !== 1 || attributeOf(node, 'block_size')?.int) return undefined;
  return { dims: x.dims.map((_, i) => (i === axis ? value.data.length : 1)), data: value.data };
}

export const dequantise: Operation = (call) => {
  const [x, scale, zero] = call.inputs;
  if (!x || !scale) return undefined;
  const [by, from] = [perAxis(call, x, scale), zero ? perAxis(call, x, zero) : { dims: [], data: Float64Array.of(0) }];
  return by && from && mapped([x, by, from], (...[value, s, z]) => ((value as number) - (z as number)) * (s as number));
};
