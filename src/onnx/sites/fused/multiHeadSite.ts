// What com.microsoft MultiHeadAttention, Attention and QAttention share: the steps of their scores, and the site that they are.

import type { FoundSite, Recognition } from '../../facts/foundSite';
import type { ScoreStep } from '../../facts/site';
import { bool, float32, int64 } from '../../file/elementTypes';
import type { OnnxNode } from '../../file/model';
import { nodeName } from '../../weights/linear';
import { biasTerm, causalStep, defaultScale, type SideBuilder, scaleStep } from './fusedParts';
import { float, int, text } from './nodeParts';

export interface Parts {
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

/** The site of an operator whose parts are these. */
export function multiHeadSite(builder: SideBuilder, inputs: Inputs, parts: Parts): Recognition {
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
