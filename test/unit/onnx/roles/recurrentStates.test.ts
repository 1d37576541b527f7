import { expect, it } from 'vitest';
import { analyse } from '../../../../src/onnx/analyse';
import { readModel } from '../../../../src/onnx/file/readModel';
import { type NodeRow, onnxModel } from '../../../support/onnxWriter';

it('is not kept busy by an output that joins copies of copies', () => {
  const levels = Array.from({ length: 12 }, (_, i): NodeRow => ['Concat', Array(8).fill(`h${i}`).join(' '), `h${i + 1}`, { axis: 0 }]);
  const bytes = onnxModel({
    nodes: [['Gather', 'table ids', 'x'], ['GRU', 'x w r', 'y h0', { hidden_size: 2 }], ...levels],
    floats: { table: [9, 2], w: [1, 6, 2], r: [1, 6, 2] },
    inputs: { ids: [7, 'n', 1] },
    outputs: ['h12'],
  });
  expect(analyse(readModel(bytes)).outputs[0]?.state?.kind).toBe('hidden');
});
