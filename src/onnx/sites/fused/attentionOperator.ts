// ai.onnx Attention (opset 23 and later): the kernel gives its weights as an optional output; a second one beside it gives the scores.
// Rotary encoding, factors and shared heads before the operator are read from its inputs.

import type { CaptureRef } from '../../facts/captures';
import type { Recognition } from '../../facts/foundSite';
import type { ScoreStep } from '../../facts/site';
import { bool } from '../../file/elementTypes';
import { bytesOf } from '../../file/messages/span';
import type { OnnxNode } from '../../file/model';
import type { Graph } from '../../graph/graph';
import { nodeName } from '../../weights/linear';
import { hiddenTurn, isTurnHidden, readOperand } from '../operand';
import { biasTerm, causalStep, defaultScale, lowest, SideBuilder, scaleStep } from './fusedParts';
import { float, int, text } from './nodeParts';

/** Mode of the optional output: 2 is what softmax receives, 3 what it gives. */
const scoresMode = 2;
const patternMode = 3;

function maskStep(graph: Graph, mask: string): ScoreStep {
  const term = biasTerm(mask, graph.rank(mask));
  if (graph.types.get(mask) === bool) return { op: 'where', condition: term, keepWhen: true, otherwise: { value: lowest } };
  return { op: 'add', term, role: 'mask' };
}

/** The operator again with its scores as fourth output. */
function scoresBeside(graph: Graph, node: OnnxNode): string {
  const copied = [...node.attributes.values()].filter((attribute) => attribute.name !== 'qk_matmul_output_mode').map((attribute) => bytesOf(attribute.span));
  const type = graph.types.get(text(node, 0));
  const outputs = graph.sides.addAll({ op: 'Attention', inputs: node.inputs, attributes: { qk_matmul_output_mode: scoresMode }, copied }, [
    type,
    type,
    type,
    type,
  ]);
  return outputs[3] as string;
}

function patternOf(graph: Graph, node: OnnxNode): string {
  if (node.outputs[3] && int(node, 'qk_matmul_output_mode') === patternMode) return node.outputs[3];
  const type = graph.types.get(text(node, 0));
  // A file that has this output for another purpose keeps it: the weights then come from a copy of the operator.
  if (node.outputs[3]) {
    const copied = [...node.attributes.values()].filter((attribute) => attribute.name !== 'qk_matmul_output_mode').map((attribute) => bytesOf(attribute.span));
    return graph.sides.addAll({ op: 'Attention', inputs: node.inputs, attributes: { qk_matmul_output_mode: patternMode }, copied }, [
      type,
      type,
      type,
      type,
    ])[3] as string;
  }
  return graph.sides.edit({ node: node.index, slot: 3, attributes: { qk_matmul_output_mode: patternMode } }, type);
}

/** 0 Q, 1 K, 2 V, 3 mask, 4, 5 past, 6 nonpad_kv_seqlen. */
export function attentionOperator(graph: Graph, node: OnnxNode): Recognition | undefined {
  if (node.op !== 'Attention' || node.domain !== '') return undefined;
  const [q, k, v, mask] = [0, 1, 2, 3].map((slot) => text(node, slot)) as [string, string, string, string];
  const [heads, kvHeads] = [int(node, 'q_num_heads'), int(node, 'kv_num_heads')];
  const isFlat = heads !== undefined && heads > 0;
  const builder = new SideBuilder(graph, q);
  const split = (tensor: string, count: number | undefined, letter: 'q' | 'k'): CaptureRef =>
    isFlat ? [{ tensor: builder.heads(tensor, count ?? 1), axes: `1${letter}he` }] : [{ tensor, axes: `*${letter}e` }];
  const [query, key, value] = [readOperand(graph, q), readOperand(graph, k), readOperand(graph, v)];
  const isRotary = query.isRotary || key.isRotary;
  const steps: ScoreStep[] = [...query.factors, ...key.factors, scaleStep(float(node, 'scale'), () => defaultScale(builder, q, -1, heads ?? 1))];
  const cap = float(node, 'softcap') ?? 0;
  if (cap > 0) steps.push({ op: 'softcap', cap: { value: cap } });
  if (mask !== '') steps.push(maskStep(graph, mask));
  const isCausal = int(node, 'is_causal') === 1;
  const keyAxis = isFlat ? 1 : 2;
  if (isCausal) steps.push(causalStep(builder.causal(builder.length(q, keyAxis), builder.length(k, keyAxis))));
  const out = node.outputs[0] as string;
  const width = graph.shapes.get(q)?.at(-1);
  const count = heads ?? graph.shapes.get(q)?.[1];
  return {
    site: {
      at: node,
      recognisedAs: 'ai.onnx.Attention',
      nodes: [nodeName(node)],
      captures: {
        ...(!isTurnHidden(query, key) && { q: split(query.plain, heads, 'q') }),
        ...(!isTurnHidden(key, query) && { k: split(key.plain, kvHeads, 'k') }),
        v: split(v, kvHeads, 'k'),
        ...(isRotary && { rot_q: split(query.rotated, heads, 'q'), rot_k: split(key.rotated, kvHeads, 'k') }),
        scores: [{ tensor: scoresBeside(graph, node), axes: '*qk' }],
        pattern: [{ tensor: patternOf(graph, node), axes: '*qk' }],
        z: split(out, heads, 'q'),
      },
      absent: isRotary
        ? { ...(isTurnHidden(query, key) && { q: hiddenTurn }), ...(isTurnHidden(key, query) && { k: hiddenTurn }) }
        : { rot_q: 'the model has no rotary encoding', rot_k: 'the model has no rotary encoding' },
      kvRepeated: key.isRepeated || value.isRepeated,
      ...(text(node, 6) === '' ? { scoreSteps: steps } : { whyUnchecked: 'the operator is told how many keys are no padding' }),
      isRecomputed: true,
      ...(isCausal && { isCausal }),
      ...(count !== undefined && { heads: count }),
      ...(kvHeads !== undefined && kvHeads > 0 && { kvHeads }),
      ...(width !== undefined && { headSize: isFlat ? width / (heads as number) : width }),
      querySource: query.source,
      keySource: key.source,
      valueSource: value.source,
      mixed: out,
      maskTensors: mask === '' ? [] : [mask],
    },
  };
}
