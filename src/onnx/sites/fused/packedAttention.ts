// com.microsoft Attention and QAttention: queries, keys and values come out of one product; a second operator beside them (MultiHeadAttention)
// gives keys, values and scores. Rotated forms have no such outputs.

import type { Recognition } from '../../facts/foundSite';
import type { OnnxNode } from '../../file/model';
import type { Graph } from '../../graph/graph';
import { SideBuilder, scaleStep } from './fusedParts';
import { multiHeadSite, type Parts } from './multiHeadSite';
import { float, int, refused, text } from './nodeParts';

/** Attention: 0 input, 1 weights, 2 bias, 3 mask_index, 4 past, 5 attention_bias. QAttention has the quantised input and weights first. */
export function packedAttention(graph: Graph, node: OnnxNode): Recognition | undefined {
  const isQuantised = node.op === 'QAttention';
  if (node.domain !== 'com.microsoft' || (node.op !== 'Attention' && !isQuantised)) return undefined;
  const heads = int(node, 'num_heads');
  const columns = graph.shapes.get(text(node, 1))?.at(-1);
  if (!heads || columns === undefined || int(node, 'do_rotary')) return refused(node, 'is a fused attention whose parts cannot be told apart from outside');
  const builder = new SideBuilder(graph, isQuantised ? text(node, 3) : text(node, 0));
  const dequantised = (values: string, scale: string, zero: string) =>
    builder.node(
      'DequantizeLinear',
      [values, scale, ...(zero === '' ? [] : [zero])],
      (graph.shapes.get(scale)?.length ?? 0) > 0 && graph.shapes.get(scale)?.[0] !== 1 ? { axis: 1 } : {},
    );
  const input = isQuantised ? dequantised(text(node, 0), text(node, 3), text(node, 6)) : text(node, 0);
  const weights = isQuantised ? dequantised(text(node, 1), text(node, 4), text(node, 7)) : text(node, 1);
  const bias = text(node, 2);
  const product = builder.node('MatMul', [input, weights]);
  const projected = bias === '' ? product : builder.node('Add', [product, bias]);
  const sizes = node.attributes.get('qkv_hidden_sizes')?.ints ?? [columns / 3, columns / 3, columns / 3];
  const starts = sizes.map((_, i) => sizes.slice(0, i).reduce((a, b) => a + b, 0));
  const [query, key, value] = sizes.map((size, i) =>
    builder.node('Slice', [projected, builder.ints([starts[i] as number]), builder.ints([(starts[i] as number) + size]), builder.ints([-1])]),
  ) as [string, string, string];
  const [mask, added] = isQuantised ? [text(node, 5), ''] : [text(node, 3), text(node, 5)];
  const copied = ['unidirectional', 'scale', 'mask_filter_value'].flatMap((name) => {
    const attribute = node.attributes.get(name);
    return attribute ? [attribute.span.bytes.subarray(attribute.span.from, attribute.span.to)] : [];
  });
  const type = graph.types.get(builder.like);
  const outputs = graph.sides.addAll(
    { op: 'MultiHeadAttention', domain: 'com.microsoft', inputs: [query, key, value, '', mask, added], attributes: { num_heads: heads }, copied },
    [type, type, type, type],
  );
  const width = sizes[0] as number;
  const parts: Parts = {
    query,
    keys: [{ tensor: builder.heads(key, heads), axes: '1khe' }],
    values: [{ tensor: builder.heads(value, heads), axes: '1khe' }],
    scores: outputs[3] as string,
    keyLengthOf: outputs[1] as string,
  };
  const finding = multiHeadSite(builder, { node, heads, mask, bias: added }, parts);
  if (!('site' in finding)) return finding;
  const scale = scaleStep(float(node, 'scale'), () => ({ op: 'multiply', by: { value: 1 / Math.sqrt(width / heads) } }));
  const scoreSteps = finding.site.scoreSteps && [scale, ...finding.site.scoreSteps.slice(1)];
  return { site: { ...finding.site, headSize: width / heads, ...(scoreSteps && { scoreSteps }) } };
}
