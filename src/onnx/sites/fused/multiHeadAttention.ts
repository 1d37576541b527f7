// com.microsoft MultiHeadAttention: the kernel itself gives keys, values and scores, as optional outputs. Packed forms have none.

import type { Recognition } from '../../facts/foundSite';
import type { OnnxNode } from '../../file/model';
import type { Graph } from '../../graph/graph';
import { SideBuilder } from './fusedParts';
import { multiHeadSite } from './multiHeadSite';
import { int, refused, text } from './nodeParts';

/** MultiHeadAttention: 0 query, 1 key, 2 value, 3 bias, 4 key_padding_mask, 5 attention_bias, 6, 7 past. */
export function multiHeadAttention(graph: Graph, node: OnnxNode): Recognition | undefined {
  if (node.op !== 'MultiHeadAttention') return undefined;
  const heads = int(node, 'num_heads');
  const [query, key, value, bias] = [0, 1, 2, 3].map((slot) => text(node, slot)) as [string, string, string, string];
  if (!heads || key === '' || value === '' || (graph.rank(query) ?? 3) !== 3)
    return refused(node, 'is an attention whose queries, keys and values are packed into one tensor, which the runtime cannot show');
  const builder = new SideBuilder(graph, query);
  const { sides } = graph;
  const type = graph.types.get(query);
  const edit = (slot: number) => node.outputs[slot] || sides.edit({ node: node.index, slot }, type);
  const width = graph.shapes.get(query)?.at(-1);
  const total = graph.shapes.get(bias)?.[0];
  if (bias !== '' && width === undefined && total === undefined) return refused(node, 'is an attention whose bias cannot be split before the run');
  const own = width ?? (total as number) / 3;
  const first = bias === '' ? '' : builder.node('Slice', [bias, builder.ints([0]), builder.ints([own]), builder.ints([0])]);
  const [keys, values] = [edit(1), edit(2)];
  return multiHeadSite(
    builder,
    { node, heads, mask: text(node, 4), bias: text(node, 5) },
    {
      query: first === '' ? query : builder.node('Add', [query, first]),
      keys: [{ tensor: keys, axes: '1hke' }],
      values: [{ tensor: values, axes: '1hke' }],
      scores: edit(3),
      keyLengthOf: keys,
    },
  );
}
