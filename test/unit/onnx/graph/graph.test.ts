import { describe, expect, it } from 'vitest';
import { analyse } from '../../../../src/onnx/analyse';
import { readModel } from '../../../../src/onnx/file/readModel';
import { graphOf } from '../../../../src/onnx/graph/graphOf';
import { onnxModel } from '../../../support/onnxWriter';

const modelWith = (op: string) =>
  readModel(
    onnxModel({
      nodes: [
        ['Gather', 'table ids', 'x'],
        [op, 'two two', 'c'],
        ['Mul', 'x c', 'y'],
        ['MatMul', 'y wide', 'end'],
      ],
      floats: { table: [9, 4], wide: [4, 4] },
      numbers: { two: 2 },
      outputs: ['end'],
    }),
  );

describe('a graph', () => {
  it.each(['toString', 'valueOf', 'constructor', '__proto__'])('knows no operation %s', (op) => {
    const model = modelWith(op);
    expect(graphOf(model).number('c')).toBeUndefined();
    expect(analyse(model).sites).toEqual([]);
  });

  it('counts the steps of each question anew, and refuses one that takes too many', () => {
    const model = modelWith('Add');
    for (let question = 0; question < 3; question++) graphOf(model).spend(9_000_000);
    expect(() => graphOf(model).spend(11_000_000)).toThrow('finding its attention would take too long');
  });
});
