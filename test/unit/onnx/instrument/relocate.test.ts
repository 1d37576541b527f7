import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../../src/core/problem';
import { bytesField, intField, join, textField } from '../../../../src/onnx/file/encode';
import { everyPart } from '../../../../src/onnx/file/everyPart';
import { externalFiles } from '../../../../src/onnx/file/externalFiles';
import type { TensorPart } from '../../../../src/onnx/file/messages/parts';
import { bytesOf } from '../../../../src/onnx/file/messages/span';
import { readModel } from '../../../../src/onnx/file/readModel';
import { relocate } from '../../../../src/onnx/instrument/relocate';

const entry = (key: string, value: string | number) => bytesField(13, join([textField(1, key), textField(2, String(value))]));
/** Float weight [count] at a place of a data file. */
const weight = (name: string, count: number, location: string, offset: number) =>
  join([
    intField(1, count),
    intField(2, 1),
    textField(8, name),
    entry('location', location),
    entry('offset', offset),
    entry('length', 4 * count),
    intField(14, 1),
  ]);
const attribute = (name: string, number: number, payload: Uint8Array) => bytesField(5, join([textField(1, name), bytesField(number, payload)]));
const node = (op: string, from: string, to: string, ...more: Uint8Array[]) =>
  bytesField(1, join([textField(1, from), textField(2, to), textField(4, op), ...more]));
/** x → y; a weight of the graph, one of an attribute, one in the branch of a branch. */
const modelOf = (main: Uint8Array, constant: Uint8Array, inner: Uint8Array, functionBody?: Uint8Array) => {
  const deep = join([bytesField(5, inner), node('Identity', 'x', 'b2')]);
  const branch = join([node('If', 'x', 'b', attribute('then_branch', 6, deep))]);
  const graph = join([
    bytesField(11, textField(1, 'x')),
    bytesField(5, main),
    node('Constant', '', 'c', attribute('value', 5, constant)),
    node('If', 'x', 'y', attribute('then_branch', 6, branch)),
    bytesField(12, textField(1, 'y')),
  ]);
  const functions = functionBody ? [bytesField(25, join([textField(1, 'F'), bytesField(7, functionBody)]))] : [];
  return join([intField(1, 8), bytesField(8, intField(2, 17)), bytesField(7, graph), ...functions]);
};
const file = (bytes: Uint8Array, fileName = 'onnx/model.onnx') => ({ bytes, fileName });

function tensorsIn(bytes: Uint8Array): TensorPart[] {
  const tensors: TensorPart[] = [];
  everyPart(bytes, { tensor: (tensor) => void tensors.push(tensor) });
  return tensors;
}

function codeOf(work: () => unknown): string {
  try {
    work();
    return 'fine';
  } catch (error) {
    if (error instanceof ProblemError) return error.problem.code;
    throw error;
  }
}

const far = 39_000_000_000;

describe('weights outside of the file', () => {
  const model = file(modelOf(weight('w', 300, '../data.bin', far), weight('c', 300, './near.bin', 0), weight('i', 2, '../data.bin', far + 9000)));

  it('names each data file of the model folder and the bytes that are used, also those of sub-graphs and attributes', () => {
    expect(externalFiles(model, 'onnx/')).toEqual([
      {
        location: 'data.bin',
        sizeInBytes: far + 9008,
        ranges: [
          { from: far, to: far + 1200 },
          { from: far + 9000, to: far + 9008 },
        ],
      },
      { location: 'onnx/near.bin', sizeInBytes: 1200, ranges: [{ from: 0, to: 1200 }] },
    ]);
  });

  it('points each weight to where it lies in what was read, and takes small ones in', () => {
    const dataOf = (length: number, first: number) => Uint8Array.from({ length }, (_, i) => (first + i) % 251);
    const files = externalFiles(model, 'onnx/').map((one, i) => ({ ...one, data: i === 0 ? dataOf(1208, 7) : dataOf(1200, 90) }));
    const { bytes, external } = relocate(model, 'onnx/', files);
    const [w, c, i] = tensorsIn(bytes);
    expect([w, c].map((tensor) => [tensor?.name, tensor?.dims, tensor?.external])).toEqual([
      ['w', [300], { location: 'weights-0-onnx_model.onnx', offset: 0, length: 1200 }],
      ['c', [300], { location: 'weights-1-onnx_model.onnx', offset: 0, length: 1200 }],
    ]);
    expect([...external.keys()]).toEqual(['weights-0-onnx_model.onnx', 'weights-1-onnx_model.onnx']);
    expect(i?.external).toBeUndefined();
    expect(i?.raw && [...bytesOf(i.raw)]).toEqual([...dataOf(1208, 7).subarray(1200)]);
    expect(readModel(bytes).initializers.get('w')?.dims).toEqual([300]);
  });

  it('reads overlapping and neighbouring weights once', () => {
    const near = file(modelOf(weight('w', 4, 'd', 8), weight('c', 4, 'd', 16), weight('i', 4, 'd', 4000)));
    expect(externalFiles(near)).toMatchObject([{ location: 'd', ranges: [{ from: 8, to: 4016 }] }]);
  });

  it('leaves a file without any as it is', () => {
    const bytes = modelOf(join([intField(2, 1), textField(8, 'w')]), join([intField(2, 1)]), join([intField(2, 1)]));
    expect(everyPart(bytes, { tensor: () => undefined })).toBe(bytes);
  });
});

const places: readonly (readonly [string, string, string])[] = [
  ['onnx/', '../w.bin', 'w.bin'],
  ['onnx/', 'w.bin', 'onnx/w.bin'],
  ['onnx/', './../data/w.bin', 'data/w.bin'],
  ['onnx/', '..\\w.bin', 'w.bin'],
  ['', 'a/../w.bin', 'w.bin'],
  ['onnx/', '../../w.bin', 'externalDataOutside'],
  ['onnx/', 'a/../../../w.bin', 'externalDataOutside'],
  ['onnx/', '../../onnx/w.bin', 'externalDataOutside'],
  ['onnx/', '..', 'externalDataOutside'],
  ['onnx/', '/w.bin', 'externalDataOutside'],
];
it.each(places)('in %j the location %j is %s', (folder, location, expected) => {
  const whole = file(modelOf(weight('w', 1, location, 0), join([intField(2, 1)]), join([intField(2, 1)])));
  const outcome = codeOf(() => expect(externalFiles(whole, folder)[0]?.location).toBe(expected));
  expect(outcome).toBe(expected === 'externalDataOutside' ? expected : 'fine');
});

const plain = join([intField(2, 1), textField(8, 'p')]);
const outside = weight('w', 1, '../../secret', 0);
const many = (count: number) => join(Array.from({ length: count }, () => node('Relu', 'x', 'z')));
const inBranch = (graph: Uint8Array) => modelOf(plain, plain, plain, join([textField(4, 'If'), attribute('then_branch', 6, graph)]));
/** A model with one node beside the others, of this operator and attribute; a sparse tensor is its values and its indices. */
const withNode = (op: string, ...more: Uint8Array[]) => join([bytesField(7, join([node(op, 'x', 'y', ...more)]))]);
const sparse = (values: Uint8Array, indices: Uint8Array) => join([bytesField(1, values), bytesField(2, indices)]);
const refusedOutside = (name: string, model: Uint8Array) => [name, () => externalFiles(file(model), 'onnx/'), 'externalDataOutside'] as const;
const bounds: readonly (readonly [string, () => unknown, string])[] = [
  refusedOutside('outside, in the attribute of a node', modelOf(plain, outside, plain)),
  refusedOutside('outside, in a list of an attribute', withNode('Custom', attribute('tensors', 10, outside))),
  refusedOutside('outside, among the values of a sparse attribute', withNode('Constant', attribute('sparse_value', 22, sparse(outside, plain)))),
  refusedOutside('outside, among the indices of a sparse attribute', withNode('Constant', attribute('sparse_value', 22, sparse(plain, outside)))),
  refusedOutside('outside, in a list of sparse tensors', withNode('Custom', attribute('tensors', 23, sparse(outside, plain)))),
  refusedOutside('outside, in a sparse weight', join([bytesField(7, bytesField(15, sparse(outside, plain)))])),
  refusedOutside('outside, in a graph of a list', withNode('Custom', attribute('graphs', 11, bytesField(5, outside)))),
  refusedOutside('outside, in what a function takes by default', join([bytesField(25, bytesField(11, bytesField(5, outside)))])),
  ['outside, in a branch of a branch', () => externalFiles(file(modelOf(plain, plain, outside)), 'onnx/'), 'externalDataOutside'],
  ['outside, in a function', () => externalFiles(file(inBranch(bytesField(5, outside))), 'onnx/'), 'externalDataOutside'],
  ['70,000 operations in the branch of a function', () => readModel(inBranch(many(70_000))), 'onnxTooLarge'],
  ['260,000 weights in a branch', () => readModel(inBranch(join(Array.from({ length: 260_000 }, () => bytesField(5, plain))))), 'onnxTooLarge'],
  [
    'a weight beyond all memory in a branch',
    () => readModel(modelOf(plain, plain, join([intField(1, 2 ** 40), intField(1, 2 ** 40), intField(2, 1)]))),
    'onnxTooLarge',
  ],
  [
    'a weight with too few bytes in an attribute',
    () => readModel(modelOf(plain, join([intField(1, 9), intField(2, 1), bytesField(9, new Uint8Array(8))]), plain)),
    'notOnnx',
  ],
  ['a negative dimension in a branch', () => readModel(modelOf(plain, plain, join([intField(1, -3), intField(2, 1)]))), 'notOnnx'],
];
it.each(bounds)('%s', (_, work, code) => expect(codeOf(work)).toBe(code));
