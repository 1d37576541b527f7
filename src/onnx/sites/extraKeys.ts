// A key and a value of zeros beside those of the tokens (add_zero_attn of torch.nn.MultiheadAttention): nothing is mixed in by it, so that it
// is a sink with the logit that its column of the scores holds. A learned key with a value of its own is none.

import type { CaptureRef, TensorRef } from '../facts/captures';
import type { FoundSite } from '../facts/foundSite';
import type { ScoreStep } from '../facts/site';
import { int64 } from '../file/elementTypes';
import { tensorNumbers } from '../graph/constants';
import type { Graph } from '../graph/graph';
import { reducedMax } from '../graph/sideOps';

/** Where the zeros stand: before the tokens' keys or after them. */
export type Place = 'front' | 'back';

function isZeros(graph: Graph, tensor: string): boolean {
  if (graph.number(tensor) === 0) return true;
  const node = graph.maker(tensor);
  const filling = node?.attributes.get('value')?.tensor;
  if (node?.op === 'ConstantOfShape') return !filling || tensorNumbers(filling)?.[0] === 0;
  return node !== undefined && ['Expand', 'Cast', 'Reshape', 'Identity'].includes(node.op) && isZeros(graph, node.inputs[0] ?? '');
}

/** How many rows an axis, counted from the end, holds; also where only some dimensions are known before the run. */
function rowsOf(graph: Graph, tensor: string, axis: number): number | undefined {
  const known = graph.shapes.get(tensor)?.at(axis);
  const node = graph.maker(tensor);
  if (known !== undefined || !node) return known;
  if (node.op === 'Cast' || node.op === 'Identity') return rowsOf(graph, node.inputs[0] ?? '', axis);
  const shape = node.op === 'ConstantOfShape' ? node.inputs[0] : node.op === 'Expand' ? node.inputs[1] : undefined;
  const parts = graph.maker(shape ?? '');
  return parts?.op === 'Concat' && parts.inputs.every((name) => graph.shapes.get(name)?.[0] === 1) ? graph.number(parts.inputs.at(axis) ?? '') : undefined;
}

/** The place of one row of zeros that was joined to `tensor` along an axis, counted from the end; undefined where none was. */
export function zeroKey(graph: Graph, tensor: string, axis: number): Place | undefined {
  let [name, at] = [tensor, axis];
  for (let depth = 0; depth < 10; depth++) {
    const node = graph.maker(name);
    const content = node ? graph.contentInputs(node) : [];
    if (!node || content.length !== 1) return undefined;
    if (node.op === 'Concat') {
      const rank = graph.rank(node.outputs[0] as string);
      const joined = node.attributes.get('axis')?.int ?? 0;
      const own = joined < 0 || rank === undefined ? joined : joined - rank;
      const [first, second, more] = node.inputs as [string, string, string?];
      const zeros = first === content[0] ? second : first;
      if (own !== at || more !== undefined || !isZeros(graph, zeros) || rowsOf(graph, zeros, at) !== 1) return undefined;
      return zeros === first ? 'front' : 'back';
    }
    if (node.op === 'Transpose') {
      const perm = node.attributes.get('perm')?.ints ?? [];
      if (perm.length === 0) return undefined;
      at = (perm.at(at) as number) - perm.length;
    } else if (!['Identity', 'Cast', 'Mul', 'Div'].includes(node.op) && !(node.op === 'Reshape' && at >= -2)) return undefined;
    name = content[0] as string;
  }
  return undefined;
}

const keyAxis = (axes: string) => axes.lastIndexOf('k') - axes.length;

function cut(graph: Graph, { tensor, axes }: TensorRef, from: number, to: number): TensorRef {
  const { sides } = graph;
  const [starts, ends, on] = [from, to, keyAxis(axes)].map((value) => sides.constant([value], [1], int64)) as [string, string, string];
  return { tensor: sides.add({ op: 'Slice', inputs: [tensor, starts, ends, on] }, graph.types.get(tensor) ?? sides.typeOf(tensor)), axes };
}

const farEnd = 2 ** 31 - 1;

/** The site without the key of zeros, which becomes its sink. */
export function withoutZeroKey(graph: Graph, site: FoundSite, place: Place): FoundSite {
  const cutRef = (ref: CaptureRef): CaptureRef =>
    ref.map((one) => {
      const isSpread = !one.axes.includes('k') || graph.shapes.get(one.tensor)?.at(keyAxis(one.axes)) === 1;
      return isSpread ? one : place === 'front' ? cut(graph, one, 1, farEnd) : cut(graph, one, 0, -1);
    });
  const { k, rot_k, v, scores, pattern } = site.captures;
  const column = scores?.[0] && (place === 'front' ? cut(graph, scores[0], 0, 1) : cut(graph, scores[0], -1, farEnd));
  const steps = site.scoreSteps?.map((step): ScoreStep => {
    if (step.op === 'add') return { ...step, term: cutRef(step.term) };
    return step.op === 'where' ? { ...step, condition: cutRef(step.condition) } : step;
  });
  return {
    ...site,
    captures: {
      ...site.captures,
      ...(k && { k: cutRef(k) }),
      ...(rot_k && { rot_k: cutRef(rot_k) }),
      ...(v && { v: cutRef(v) }),
      ...(scores && { scores: cutRef(scores) }),
      ...(pattern && { pattern: cutRef(pattern) }),
    },
    ...(steps && { scoreSteps: steps }),
    ...(column && { sink: [{ tensor: reducedMax(graph, column.tensor, [-2, -1]), axes: '*' }] }),
  };
}
