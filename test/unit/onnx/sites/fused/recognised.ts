// What the recogniser of a fused operator says of one node, in a form that fits a row of a table.

import type { ScoreStep } from '../../../../../src/onnx/facts/site';
import { readModel } from '../../../../../src/onnx/file/readModel';
import type { Graph } from '../../../../../src/onnx/graph/graph';
import { graphOf } from '../../../../../src/onnx/graph/graphOf';
import type { Recogniser } from '../../../../../src/onnx/sites/fused/fused';
import { type ModelDraft, type NodeRow, onnxModel } from '../../../../support/onnxWriter';

export interface Recognised {
  readonly rejected?: string;
  readonly steps?: string;
  readonly unchecked?: string;
  /** Activation → axes, `*` behind it where it is not in the file. */
  readonly captures?: string;
  readonly heads?: number | undefined;
  readonly kvHeads?: number | undefined;
  readonly headSize?: number | undefined;
  readonly causal?: boolean | undefined;
  readonly sink?: boolean;
  readonly sources?: string;
  readonly masks?: string;
}

const number = (by: { readonly value: number } | { readonly tensor: string }) => ('value' in by ? String(Math.round(by.value * 1000) / 1000) : 'read');

function stepText(graph: Graph, step: ScoreStep): string {
  if (step.op === 'softcap') return `softcap ${number(step.cap)}`;
  if (step.op === 'add') return `${step.subtract ? 'subtract' : 'add'} ${step.role} ${step.term[0]?.axes}`;
  if (step.op === 'where') {
    const { tensor = '', axes } = step.condition[0] ?? {};
    const side = graph.sides.maker(tensor)?.op;
    return `where ${axes}${side ? ` (${side})` : ''} else ${number(step.otherwise)}`;
  }
  return `${step.op} ${number(step.by)}`;
}

const draft: Omit<ModelDraft, 'nodes' | 'outputs'> = {
  floats: { table: [9, 8], packed: [9, 24], wide: [8, 8], w: [8, 24], b24: [24], b8: [8], cos: [16, 2], sin: [16, 2], sink: [2] },
  ints: { length: [3], last: [3] },
  numbers: { half: 0.5, nought: 0 },
  inputs: {
    ids: [7, 1, 'n'],
    past: [1, 1, 2, 'p', 4],
    flat: [6, 'n'],
    mask: [6, 1, 'n'],
    mask4: [6, 1, 1, 'n', 'n'],
    bias: [1, 1, 1, 'n', 'n'],
    allowed: [9, 'n', 'n'],
  },
};

/** `x`, `k`, `v` [1, token, 8] and `p` [1, token, 24] are text; the node of `row` gives `y`. */
export function recognised(recogniser: Recogniser, row: NodeRow, more: Partial<ModelDraft> = {}): Recognised | undefined {
  const text = ['x', 'k', 'v'].map((name): NodeRow => ['Gather', 'table ids', name]);
  const nodes: NodeRow[] = [...text, ['Gather', 'packed ids', 'p'], row, ['Slice', 'y length last', 'cut'], ['MatMul', 'cut wide', 'end']];
  const graph = graphOf(readModel(onnxModel({ ...draft, ...more, nodes, outputs: ['end'], opset: more.opset ?? 23 })));
  const node = graph.maker('y');
  const found = node && recogniser(graph, node);
  if (!found) return undefined;
  if ('rejected' in found) return { rejected: found.rejected.reason };
  const { captures, scoreSteps, whyUnchecked, heads, kvHeads, headSize, isCausal, sink, querySource, keySource, valueSource, maskTensors } = found.site;
  const isSide = (tensor: string) => graph.sides.has(tensor);
  const texts = Object.entries(captures).map(([name, ref]) => `${name} ${ref[0]?.axes}${isSide(ref[0]?.tensor ?? '') ? '*' : ''}`);
  return {
    ...(scoreSteps ? { steps: scoreSteps.map((step) => stepText(graph, step)).join(', ') } : { unchecked: whyUnchecked ?? '' }),
    captures: texts.join(', '),
    heads,
    kvHeads,
    headSize,
    causal: isCausal,
    sink: sink !== undefined,
    sources: [querySource, keySource, valueSource].join(' '),
    masks: maskTensors?.join(' ') ?? '?',
  };
}
