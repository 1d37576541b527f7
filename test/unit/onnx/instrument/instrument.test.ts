import { describe, expect, it } from 'vitest';
import { analyse } from '../../../../src/onnx/analyse';
import { readModel } from '../../../../src/onnx/file/readModel';
import { instrument } from '../../../../src/onnx/instrument/instrument';
import { readBias, readMatrix } from '../../../../src/onnx/weights/readMatrix';
import { onnxModel } from '../../../support/onnxWriter';

const width = 32;
const bytes = onnxModel({
  nodes: [
    ['Gather', 'table ids', 'x'],
    ['Mul', 'x two', 'q'],
    ['Transpose', 'x', 'kt', { perm: [0, 2, 1] }],
    ['MatMul', 'q kt', 's'],
    ['Softmax', 's', 'p', { axis: -1 }],
    ['MatMul', 'p x', 'z'],
    ['Transpose', 'wo', 'wt', { perm: [1, 0] }],
    ['MatMul', 'z wt', 'o'],
    ['Add', 'o bo', 'out'],
    ['Add', 'x out', 'y'],
  ],
  floats: { table: [9, width], wo: [width, width], bo: [width] },
  numbers: { two: 2 },
  outputs: ['y'],
});

const captured = (...captures: string[]) => ({ captures, splices: [] });

describe('instrument', () => {
  const model = readModel(bytes);
  const facts = analyse(model);

  it('adds outputs and leaves the weights in the original file', () => {
    const { bytes: small, mounted, outputs } = instrument({ model, added: facts.added }, captured('p', 'z', 'ids', 'not there'));
    expect(small.length).toBeLessThan(bytes.length / 2);
    expect(mounted).toEqual([{ path: 'original.onnx', what: 'original' }]);
    expect(outputs.get('p')).toBe('p');
    expect(outputs.has('not there')).toBe(false);
    const again = readModel(small);
    expect(again.outputs.map((output) => output.name).slice(0, 3)).toEqual(['y', 'p', 'z']);
    const external = again.initializers.get('wo')?.external;
    const raw = model.initializers.get('wo')?.raw;
    expect(external).toEqual({ location: 'original.onnx', offset: raw?.from, length: width * width * 4 });
  });

  it('writes the side nodes of a capture, and only those', () => {
    const q = facts.sites[0]?.captures.q?.[0]?.tensor ?? '';
    expect(q).toBe('x');
    expect(instrument({ model, added: facts.added }, captured('p')).bytes.length).toBeLessThan(
      instrument({ model, added: facts.added }, captured('p', 'z')).bytes.length,
    );
  });

  it('reads W and b of the output projection where they lie', () => {
    const linear = facts.sites[0]?.outputProjection;
    if (!linear) throw new Error('no output projection');
    const matrix = readMatrix(model, linear);
    expect([matrix?.rows, matrix?.columns]).toEqual([width, width]);
    // Row 0 of the transposed weights is column 0 of the stored ones.
    expect(matrix?.data[1]).toBeCloseTo(((width * 37) % 11) / 10 - 0.5);
    expect(readBias(model, linear)?.bias).toHaveLength(width);
  });
});
