import { describe, expect, it } from 'vitest';
import { readModel } from '../../../../src/onnx/file/readModel';
import { graphOf } from '../../../../src/onnx/graph/graphOf';
import { probeModel } from '../../../../src/onnx/instrument/probeModel';
import { linearAt } from '../../../../src/onnx/weights/linear';
import { type NodeRow, onnxModel } from '../../../support/onnxWriter';

/** x, rounded by `quantiser` to xq with scale xs and zero point xz, through whole-number weights. */
function isMeasured(quantiser: NodeRow): boolean {
  const bytes = onnxModel({
    nodes: [
      ['Gather', 'table ids', 'x'],
      ['Cast', 'zero', 'xz', { to: 2 }],
      quantiser,
      ['QuantizeLinear', 'w two xz', 'wq'],
      ['MatMulInteger', 'xq wq xz xz', 'i'],
      ['Cast', 'i', 'f', { to: 1 }],
      ['Mul', 'f two', 'y'],
    ],
    floats: { table: [9, 4], w: [4, 4] },
    numbers: { two: 2, zero: 0 },
    outputs: ['y'],
  });
  const model = readModel(bytes);
  const graph = graphOf(model);
  const linear = linearAt(graph, model.nodes.find(({ op }) => op === 'MatMulInteger') as (typeof model.nodes)[number]);
  expect(linear?.output.tensor).toBe('y');
  return linear !== undefined && probeModel(model, linear) !== undefined;
}

describe('weights that are measured', () => {
  it.each<readonly [string, NodeRow, boolean]>([
    ['where the input is rounded by a scale made for it', ['DynamicQuantizeLinear', 'x', 'xq xs xz2'], true],
    ['not where the scale is fixed', ['QuantizeLinear', 'x two xz', 'xq'], false],
  ])('%s', (_, quantiser, expected) => {
    expect(isMeasured(quantiser)).toBe(expected);
  });
});
