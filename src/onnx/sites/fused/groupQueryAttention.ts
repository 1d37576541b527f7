// com.microsoft GroupQueryAttention: keys (rotated), values and weights are optional outputs of the kernel; queries are rotated and
// scores multiplied beside it. Packed queries are split where the head size is known.

import type { CaptureRef } from '../../facts/captures';
import type { Recognition } from '../../facts/foundSite';
import type { ScoreStep } from '../../facts/site';
import { int64 } from '../../file/elementTypes';
import type { OnnxNode } from '../../file/model';
import type { Graph } from '../../graph/graph';
import { nodeName } from '../../weights/linear';
import { biasTerm, causalStep, defaultScale, SideBuilder, scaleStep } from './fusedParts';
import { float, int, text } from './nodeParts';
import { scoresAfter } from './scoreNodes';

interface Projections {
  readonly query: string;
  readonly key: string;
}

/** Queries and keys as [1, token, head · e]; undefined where they are packed and cannot be split. */
function projections(builder: SideBuilder, node: OnnxNode, heads: number, kvHeads: number): Projections | undefined {
  const [query, key] = [text(node, 0), text(node, 1)];
  if (key !== '') return { query, key };
  const width = builder.graph.shapes.get(query)?.at(-1) ?? sizeFromCache(builder.graph, node, heads + 2 * kvHeads);
  if (width === undefined) return undefined;
  const size = width / (heads + 2 * kvHeads);
  const part = (from: number, count: number) =>
    builder.node('Slice', [query, builder.ints([from * size]), builder.ints([(from + count) * size]), builder.ints([-1])]);
  return { query: part(0, heads), key: part(heads, kvHeads) };
}

function sizeFromCache(graph: Graph, node: OnnxNode, count: number): number | undefined {
  const half = graph.shapes.get(text(node, 7))?.at(-1);
  return half === undefined ? undefined : 2 * half * count;
}

/** The operator's own rotation, beside it; without positions of its own the new tokens stand behind those of the cache. */
function rotated(builder: SideBuilder, node: OnnxNode, tensor: string, heads: number, keys: string): string {
  const [cos, sin] = [text(node, 7), text(node, 8)];
  const positions = text(node, 9) || builder.node('Sub', [builder.length(keys, 2), builder.length(text(node, 0), 1)], {}, int64);
  const { sides } = builder.graph;
  const interleaved = int(node, 'rotary_interleaved') ?? 0;
  return sides.add(
    { op: 'RotaryEmbedding', domain: 'com.microsoft', inputs: [tensor, positions, cos, sin], attributes: { interleaved, num_heads: heads } },
    builder.graph.types.get(builder.like),
  );
}

/** 0 query, 1 key, 2 value, 3, 4 past, 5 seqlens_k, 6 total, 7 cos, 8 sin, 9 position_ids, 10 attention_bias, 11 head_sink. */
export function groupQueryAttention(graph: Graph, node: OnnxNode): Recognition | undefined {
  if (node.op !== 'GroupQueryAttention') return undefined;
  const [heads, kvHeads] = [int(node, 'num_heads'), int(node, 'kv_num_heads')];
  if (!heads || !kvHeads) return { rejected: { node: nodeName(node), reason: 'is a fused attention that does not say how many heads it has' } };
  const builder = new SideBuilder(graph, text(node, 0));
  const parts = projections(builder, node, heads, kvHeads);
  if (!parts) return { rejected: { node: nodeName(node), reason: 'is a fused attention whose packed queries cannot be split before the run' } };
  const { sides } = graph;
  const type = graph.types.get(text(node, 0));
  const edit = (slot: number, attributes?: { readonly qk_output: number }) =>
    (slot < 3 && node.outputs[slot]) || sides.edit({ node: node.index, slot, ...(attributes && { attributes }) }, type);
  const [keys, values, pattern] = [edit(1), edit(2), edit(3, { qk_output: 2 })];
  const isRotary = int(node, 'do_rotary') === 1;
  const turned = isRotary ? rotated(builder, node, parts.query, heads, keys) : parts.query;
  const groups = heads / kvHeads;
  // [1, kvHead, group, query, e] · [1, kvHead, 1, e, key]
  const q5 = builder.node('Transpose', [builder.node('Reshape', [turned, builder.ints([0, 0, kvHeads, groups, -1])])], { perm: [0, 2, 3, 1, 4] });
  const k5 = builder.node('Transpose', [builder.node('Unsqueeze', [keys, builder.ints([2])])], { perm: [0, 1, 2, 4, 3] });
  const steps = scoreSteps(builder, node, keys);
  const scores = scoresAfter(builder, builder.node('MatMul', [q5, k5]), steps);
  const out = node.outputs[0] as string;
  const sink = sinkOf(builder, node, heads);
  const split = (tensor: string, count: number, axes: string): CaptureRef => [{ tensor: builder.heads(tensor, count), axes }];
  return {
    site: {
      at: node,
      recognisedAs: `${node.domain}.${node.op}`,
      nodes: [nodeName(node)],
      captures: {
        q: split(parts.query, heads, '1qhe'),
        k: split(parts.key, kvHeads, '1khe'),
        v: [{ tensor: values, axes: '1hke' }],
        ...(isRotary && { rot_q: split(turned, heads, '1qhe'), rot_k: [{ tensor: keys, axes: '1hke' }] }),
        scores: [{ tensor: scores, axes: '*qk' }],
        pattern: [{ tensor: pattern, axes: '*qk' }],
        z: split(out, heads, '1qhe'),
      },
      absent: isRotary ? {} : { rot_q: 'the operator rotates nothing', rot_k: 'the operator rotates nothing' },
      kvRepeated: false,
      scoreSteps: steps,
      ...(sink && { sink }),
      isRecomputed: true,
      isCausal: true,
      heads,
      kvHeads,
      querySource: text(node, 0),
      keySource: text(node, 1) || text(node, 0),
      valueSource: text(node, 2) || text(node, 0),
      mixed: out,
      maskTensors: [text(node, 5), text(node, 6), text(node, 10)].filter((name) => name !== ''),
    },
  };
}

function scoreSteps(builder: SideBuilder, node: OnnxNode, keys: string): ScoreStep[] {
  const [cap, bias, window] = [float(node, 'softcap') ?? 0, text(node, 10), int(node, 'local_window_size') ?? -1];
  const causal = builder.causal(builder.length(text(node, 0), 1), builder.length(keys, 2), window > 0 ? window : undefined);
  return [
    scaleStep(float(node, 'scale'), () => defaultScale(builder, keys, -1, 1)),
    ...(cap > 0 ? [{ op: 'softcap', cap: { value: cap } } as const] : []),
    ...(bias === '' ? [] : [{ op: 'add', term: biasTerm(bias, builder.graph.rank(bias)), role: 'bias' } as const]),
    causalStep(causal),
  ];
}

/** One logit per head that takes part in softmax: learned, or 0 for "smooth softmax". */
function sinkOf(builder: SideBuilder, node: OnnxNode, heads: number): CaptureRef | undefined {
  const learned = text(node, 11);
  if (learned !== '') return [{ tensor: learned, axes: 'h' }];
  return int(node, 'smooth_softmax') === 1
    ? [
        {
          tensor: builder.graph.sides.constant(
            Array.from({ length: heads }, () => 0),
            [heads],
            1,
          ),
          axes: 'h',
        },
      ]
    : undefined;
}
