// com.microsoft MultiHeadAttention, Attention and QAttention. The kernel itself gives keys, values and scores: MultiHeadAttention as
// optional outputs, the others by a second MultiHeadAttention beside them. Packed and rotated forms have no such outputs.

import type { FoundSite, Recognition } from '../../facts/foundSite';
import type { ScoreStep } from '../../facts/site';
import { bool, float32, int64 } from '../../file/elementTypes';
import type { OnnxNode } from '../../file/model';
import type { Graph } from '../../graph/graph';
import { nodeName } from '../../weights/linear';
import { biasTerm, causalStep, defaultScale, SideBuilder, scaleStep } from './fusedParts';

interface Parts {
  /** [1, token, head · e], bias included. */
  readonly query: string;
  readonly keys: FoundSite['captures']['k'];
  readonly values: FoundSite['captures']['v'];
  readonly scores: string;
  /** A tensor whose axis −2 is the number of keys. */
  readonly keyLengthOf: string;
}

interface Inputs {
  readonly node: OnnxNode;
  readonly heads: number;
  readonly mask: string;
  readonly bias: string;
}

const text = (node: OnnxNode, slot: number) => node.inputs[slot] ?? '';
const int = (node: OnnxNode, name: string) => node.attributes.get(name)?.int;
const float = (node: OnnxNode, name: string) => node.attributes.get(name)?.float;

/** The mask of key tokens as a step; undefined where its form is not known. */
function maskStep(builder: SideBuilder, { node, mask }: Inputs, keys: string): ScoreStep | undefined {
  const { graph } = builder;
  const filter = float(node, 'mask_filter_value') ?? -10_000;
  const rank = graph.rank(mask);
  if (rank === 1) {
    const allowed = builder.node('Less', [builder.range(keys), builder.node('Cast', [mask], { to: int64 }, int64)], {}, bool);
    return { op: 'where', condition: [{ tensor: allowed, axes: 'k' }], keepWhen: true, otherwise: { value: filter } };
  }
  if (rank !== 2 && rank !== 3) return undefined;
  const { sides } = graph;
  const hidden = builder.node('Sub', [sides.constant([1], [], float32), builder.node('Cast', [mask], { to: float32 }, float32)], {}, float32);
  return {
    op: 'add',
    term: [{ tensor: builder.node('Mul', [hidden, sides.constant([filter], [], float32)], {}, float32), axes: rank === 2 ? '1k' : '1qk' }],
    role: 'mask',
  };
}

function steps(builder: SideBuilder, inputs: Inputs, parts: Parts): ScoreStep[] | undefined {
  const { node, heads, mask, bias } = inputs;
  const keys = builder.length(parts.keyLengthOf, -2);
  const result: ScoreStep[] = [scaleStep(float(node, 'scale'), () => defaultScale(builder, parts.query, -1, heads))];
  if (mask !== '') {
    const step = maskStep(builder, inputs, keys);
    if (!step) return undefined;
    result.push(step);
  }
  if (bias !== '') result.push({ op: 'add', term: biasTerm(bias, builder.graph.rank(bias)), role: 'bias' });
  if (int(node, 'unidirectional')) result.push(causalStep(builder.causal(builder.length(parts.query, 1), keys)));
  return result;
}

function foundSite(builder: SideBuilder, inputs: Inputs, parts: Parts): Recognition {
  const { node, heads } = inputs;
  const { graph } = builder;
  const scoreSteps = steps(builder, inputs, parts);
  const out = node.outputs[0] as string;
  const width = graph.shapes.get(parts.query)?.at(-1);
  return {
    site: {
      at: node,
      recognisedAs: `${node.domain}.${node.op}`,
      nodes: [nodeName(node)],
      captures: {
        q: [{ tensor: builder.heads(parts.query, heads), axes: '1qhe' }],
        k: parts.keys,
        v: parts.values,
        scores: [{ tensor: parts.scores, axes: '*qk' }],
        pattern: [{ tensor: builder.node('Softmax', [parts.scores], { axis: -1 }), axes: '*qk' }],
        z: [{ tensor: builder.heads(out, heads), axes: '1qhe' }],
      },
      absent: { rot_q: 'the operator rotates nothing', rot_k: 'the operator rotates nothing' },
      kvRepeated: false,
      ...(scoreSteps ? { scoreSteps } : { whyUnchecked: 'the form of the mask is not known before the run' }),
      isRecomputed: true,
      heads,
      ...(width !== undefined && { headSize: width / heads }),
      ...(int(node, 'unidirectional') ? { isCausal: true } : {}),
      querySource: text(node, 0),
      keySource: node.op === 'MultiHeadAttention' ? text(node, 1) || text(node, 0) : text(node, 0),
      valueSource: node.op === 'MultiHeadAttention' ? text(node, 2) || text(node, 0) : text(node, 0),
      mixed: out,
      maskTensors: [inputs.mask, inputs.bias].filter((name) => name !== ''),
    },
  };
}

const refused = (node: OnnxNode, reason: string): Recognition => ({ rejected: { node: nodeName(node), reason } });

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
  return foundSite(
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
  const finding = foundSite(builder, { node, heads, mask, bias: added }, parts);
  if (!('site' in finding)) return finding;
  const scale = scaleStep(float(node, 'scale'), () => ({ op: 'multiply', by: { value: 1 / Math.sqrt(width / heads) } }));
  const scoreSteps = finding.site.scoreSteps && [scale, ...finding.site.scoreSteps.slice(1)];
  return { site: { ...finding.site, headSize: width / heads, ...(scoreSteps && { scoreSteps }) } };
}
