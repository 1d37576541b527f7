import { describe, expect, it } from 'vitest';
import { readModel } from '../../../../src/onnx/file/readModel';
import { Graph } from '../../../../src/onnx/graph/graph';
import { normEndingIn, rowFunction } from '../../../../src/onnx/stream/norms';
import { type NodeRow, onnxModel } from '../../../support/onnxWriter';

/** x [1, token, 4] is looked up for ids; the nodes make y from it. */
function graphWith(nodes: readonly NodeRow[]) {
  const graph = new Graph(
    readModel(
      onnxModel({
        nodes: [['Gather', 'table ids', 'x'], ...nodes],
        floats: { table: [9, 4], w: [4], b: [4], m: [4], square: [4, 4] },
        numbers: { two: 2, one: 1, epsilon: 1e-5, half: 0.5 },
        outputs: ['y'],
      }),
    ),
  );
  graph.markContent(['ids']);
  return graph;
}

const row = (op: string, inputs: string, output: string, attributes = {}): NodeRow => [op, inputs, output, attributes];
const mean = (from: string, to: string) => row('ReduceMean', from, to, { axes: [-1], keepdims: 1 });
const centred = [mean('x', 'mu'), row('Sub', 'x mu', 'c')];
const inverse = [row('Mul', 'c c', 'cc'), mean('cc', 'v'), row('Add', 'v epsilon', 've'), row('Sqrt', 've', 's'), row('Reciprocal', 's', 'i')];

describe('what a stretch does to each row', () => {
  it.each<readonly [string, readonly NodeRow[], string | undefined]>([
    ['a layer norm written out', [...centred, ...inverse, row('Mul', 'c i', 'n'), row('Mul', 'n w', 'g'), row('Add', 'g b', 'y')], 'norm'],
    [
      'x·inv + (b − mean·inv)',
      [...centred, ...inverse, row('Mul', 'i w', 'iw'), row('Mul', 'x iw', 'a'), row('Mul', 'mu iw', 'mi'), row('Sub', 'b mi', 'd'), row('Add', 'a d', 'y')],
      'norm',
    ],
    ['a mean by pooling', [row('GlobalAveragePool', 'x', 'mu'), row('Sub', 'x mu', 'c'), ...inverse, row('Mul', 'c i', 'y')], 'norm'],
    ['a length', [row('ReduceL2', 'x', 'l', { axes: [-1], keepdims: 1 }), row('Div', 'x l', 'y')], 'norm'],
    ['the operator', [row('LayerNormalization', 'x w b', 'y')], 'norm'],
    [
      'numbers that were learned, between two turns of the axes',
      [
        row('Transpose', 'x', 't', { perm: [0, 2, 1] }),
        row('Abs', 'w', 'va'),
        row('BatchNormalization', 't w b m va', 'n'),
        row('Transpose', 'n', 'y', { perm: [0, 2, 1] }),
      ],
      'affine',
    ],
    ['x less its mean', [mean('x', 'mu'), row('Sub', 'x mu', 'y')], 'affine'],
    ['one factor', [row('Mul', 'x half', 'y')], 'factor'],
    ['a tanh, also where it saturates', [row('Mul', 'x two', 'a'), row('Tanh', 'a', 't'), row('Mul', 't w', 'y')], 'other'],
    ['nothing', [row('Identity', 'x', 'y')], 'same'],
    ['the whole text at once', [row('ReduceMean', 'x', 'mu', { axes: [1], keepdims: 1 }), row('Sub', 'x mu', 'y')], undefined],
    ['one row after the other', [row('CumSum', 'x one', 'y')], undefined],
    ['a linear layer', [row('MatMul', 'x square', 'y')], undefined],
  ])('%s', (_, nodes, kind) => {
    expect(rowFunction(graphWith(nodes), 'x', 'y')?.kind).toBe(kind);
  });
});

it('reads columns where the features stand before the tokens, as convolutions have them', () => {
  const turn = { perm: [0, 2, 1] };
  const norm = [row('Transpose', 'x', 't', turn), row('Transpose', 't', 'r', turn), row('LayerNormalization', 'r w b', 'n'), row('Transpose', 'n', 'y', turn)];
  expect(rowFunction(graphWith(norm), 't', 'y')?.kind).toBe('norm');
});

describe('where a norm begins', () => {
  const norm = (from: string, to: string) => row('LayerNormalization', `${from} w b`, to);
  it.each<readonly [string, readonly NodeRow[], string | undefined]>([
    ['before its mean is taken off', [...centred, ...inverse, row('Mul', 'c i', 'y')], 'x'],
    ['not before the norm before it', [norm('x', 'n'), norm('n', 'y')], 'n'],
    ['not before a scale that it does not need', [row('Mul', 'x w', 'n'), norm('n', 'y')], 'n'],
    ['nowhere without one', [row('Mul', 'x w', 'y')], undefined],
  ])('%s', (_, nodes, from) => {
    expect(normEndingIn(graphWith(nodes), 'y')?.from).toBe(from);
  });
});
