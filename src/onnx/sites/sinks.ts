// What takes part in a softmax beside the scores of the tokens: one more column of learned or fixed logits that is cut off afterwards, or a
// number in the sum of the exponentials ("softmax with one added to the sum"). Read as a sink logit; where it is no logit, said why.

import type { CaptureRef } from '../facts/captures';
import { float32 } from '../file/elementTypes';
import type { OnnxNode } from '../file/model';
import type { Graph } from '../graph/graph';
import { reducedMax } from '../graph/sideOps';
import { findScorePaths } from './scores/scorePath';
import type { SoftmaxLike } from './softmax/softmaxLike';
import { scoresWithRest, withoutStabilising } from './softmax/stabilising';

export interface Sinked {
  /** What softmax receives of the scores themselves. */
  readonly scores: string;
  readonly sink?: CaptureRef;
  /** Set where what takes part beside the scores is no logit of a head. */
  readonly whyNot?: string;
}

/** One logit for all heads; `count` columns of `value` weigh as much as one of value + ln count. */
function fixedSink(graph: Graph, value: number, count = 1): CaptureRef {
  const { sides } = graph;
  return [{ tensor: sides.add({ op: 'Identity', inputs: [sides.constant([value + Math.log(count)], [], float32)] }, float32), axes: '' }];
}

/** One number per head: the constant that was expanded over the queries, or its first row. */
function learnedSink(graph: Graph, logits: string): CaptureRef {
  let name = logits;
  for (let depth = 0; depth < 8; depth++) {
    const shape = graph.shapes.get(name);
    if (graph.isConstant(name) && shape?.filter((dim) => dim !== 1).length === 1)
      return [{ tensor: name, axes: shape.map((dim) => (dim === 1 ? '1' : 'h')).join('') }];
    const node = graph.maker(name);
    if (!node || !['Expand', 'Reshape', 'Unsqueeze', 'Cast', 'Identity', 'Tile', 'Squeeze'].includes(node.op)) break;
    name = node.inputs[0] as string;
  }
  return [{ tensor: reducedMax(graph, logits, [-2, -1]), axes: '*' }];
}

/** Logits per head that are joined to the scores as more keys. */
function sinkColumn(graph: Graph, node: OnnxNode): Sinked | undefined {
  if (node.inputs.length !== 2) return undefined;
  const [first, second] = node.inputs as [string, string];
  const isLearned = (name: string) => findScorePaths(graph, name).length === 0;
  if (isLearned(first) === isLearned(second)) return undefined;
  const [scores, logits] = isLearned(second) ? [first, second] : [second, first];
  if (graph.isContent(logits)) return { scores, whyNot: 'weights one more column, whose scores come from the text by another way' };
  const count = graph.shapes.get(logits)?.at(-1) ?? 1;
  const value = graph.number(logits);
  if (value !== undefined) return { scores, sink: fixedSink(graph, value, count) };
  return count === 1 ? { scores, sink: learnedSink(graph, logits) } : { scores, whyNot: `weights ${count} more columns than its scores have keys` };
}

/** A number that fills further columns. */
function padded(graph: Graph, node: OnnxNode): Sinked | undefined {
  const pads = node.attributes.get('pads')?.ints ?? graph.constant(node.inputs[1] ?? '')?.numbers;
  const isFilled = (node.attributes.get('mode')?.text ?? 'constant') === 'constant' && !node.inputs[3];
  const value = node.inputs[2] ? graph.number(node.inputs[2]) : (node.attributes.get('value')?.float ?? 0);
  if (!pads || !isFilled || value === undefined || pads.length % 2 === 1) return undefined;
  const last = pads.length / 2 - 1;
  const count = (pads[last] ?? 0) + (pads.at(-1) ?? 0);
  const isElsewhere = pads.some((pad, i) => pad !== 0 && i % (last + 1) !== last);
  return isElsewhere || count <= 0 ? undefined : { scores: node.inputs[0] as string, sink: fixedSink(graph, value, count) };
}

/** The scores of a softmax without what takes part beside them. */
export function withoutSink(graph: Graph, softmax: SoftmaxLike): Sinked {
  if (softmax.rest !== undefined) {
    const found = scoresWithRest(graph, softmax.input, softmax.rest);
    if (!found) return { scores: softmax.input, whyNot: 'is divided by more than the sum of its row' };
    return { scores: found.scores, sink: fixedSink(graph, found.logit) };
  }
  const tensor = withoutStabilising(graph, softmax.input);
  const node = graph.maker(tensor);
  const found = node?.op === 'Concat' ? sinkColumn(graph, node) : node?.op === 'Pad' ? padded(graph, node) : undefined;
  return found ?? { scores: tensor };
}
