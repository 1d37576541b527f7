import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../../src/core/problem';
import { analyse } from '../../../../src/onnx/analyse';
import { bytesField, encodeTensor, intField, join, textField } from '../../../../src/onnx/file/encode';
import { externalFiles } from '../../../../src/onnx/file/externalFiles';
import { readModel } from '../../../../src/onnx/file/readModel';
import { onnxModel } from '../../../support/onnxWriter';

const good = onnxModel({ nodes: [['Gather', 'table ids', 'x']], floats: { table: [9, 4] }, outputs: ['x'] });
const output = (name: string) => bytesField(12, textField(1, name));
const withGraph = (...fields: Uint8Array[]) => bareGraph([...fields, output('b')]);
const bareGraph = (fields: readonly Uint8Array[]) => join([intField(1, 8), bytesField(8, intField(2, 17)), bytesField(7, join(fields))]);
const relu = (from: string, to: string) => bytesField(1, join([textField(1, from), textField(2, to), textField(4, 'Relu')]));
const bytesOfExternal = (location: string) =>
  join([intField(1, 4), intField(2, 1), textField(8, 'w'), bytesField(13, join([textField(1, 'location'), textField(2, location)])), intField(14, 1)]);
const external = (location: string) => bytesField(5, bytesOfExternal(location));

function codeOf(work: () => unknown): string {
  try {
    work();
    return 'fine';
  } catch (error) {
    if (error instanceof ProblemError) return error.problem.code;
    throw error;
  }
}

function nested(depth: number): Uint8Array {
  let graph = relu('x', 'y');
  for (let i = 0; i < depth; i++)
    graph = bytesField(
      1,
      join([textField(1, 'x'), textField(2, 'y'), textField(4, 'Loop'), bytesField(5, join([textField(1, 'body'), bytesField(6, graph)]))]),
    );
  return withGraph(graph);
}

const call = (op: string, from: string, to: string) => bytesField(1, callNode(op, from, to));
const callNode = (op: string, from: string, to: string) => join([textField(1, from), textField(2, to), textField(4, op), textField(7, 'own')]);

/** Function n calls function n − 1 twice. */
function functionBomb(depth: number): Uint8Array {
  const functions = Array.from({ length: depth }, (_, i) => {
    const inner = i === 0 ? [callNode('Relu', 'x', 'y')] : [callNode(`F${i - 1}`, 'x', 't'), callNode(`F${i - 1}`, 't', 'y')];
    return bytesField(
      25,
      join([textField(1, `F${i}`), textField(4, 'x'), textField(5, 'y'), textField(10, 'own'), ...inner.map((node) => bytesField(7, node))]),
    );
  });
  return join([withGraph(bytesField(11, textField(1, 'a')), call(`F${depth - 1}`, 'a', 'b')), ...functions]);
}

const files: readonly [string, Uint8Array, string][] = [
  ['a whole file', good, 'fine'],
  ['nothing', new Uint8Array(), 'notOnnx'],
  ['a text', new TextEncoder().encode('{"model": true}'), 'notOnnx'],
  ['half a file', good.subarray(0, good.length / 2), 'onnxTruncated'],
  ['a number without end', new Uint8Array(30).fill(255), 'notOnnx'],
  ['nodes in a circle', withGraph(relu('a', 'b'), relu('b', 'a')), 'notOnnx'],
  ['two makers of one tensor', withGraph(relu('a', 'b'), relu('c', 'b')), 'notOnnx'],
  ['no nodes', withGraph(), 'notOnnx'],
  ['a node of 30,000 inputs', withGraph(bytesField(1, join([...Array.from({ length: 30_000 }, () => textField(1, 'a')), textField(2, 'b')]))), 'notOnnx'],
  ['no outputs', bareGraph([bytesField(11, textField(1, 'a')), relu('a', 'b')]), 'notOnnx'],
  ['a tensor from nowhere', withGraph(relu('nowhere', 'b')), 'notOnnx'],
  ['functions that double 30 times', functionBomb(30), 'notOnnx'],
  ['functions that double 20 times', functionBomb(20), 'onnxTooLarge'],
  [
    'a weight of 2^80 numbers',
    withGraph(relu('a', 'b'), bytesField(5, join([intField(1, 2 ** 40), intField(1, 2 ** 40), intField(2, 1), textField(8, 'w')]))),
    'onnxTooLarge',
  ],
  [
    'a weight with too few bytes',
    withGraph(relu('a', 'b'), bytesField(5, join([intField(1, 9), intField(2, 1), textField(8, 'w'), bytesField(9, new Uint8Array(8))]))),
    'notOnnx',
  ],
  ['sub-graphs 1000 deep', nested(1000), 'notOnnx'],
  ['a hundred thousand nodes', withGraph(...Array.from({ length: 100_000 }, () => relu('a', 'b'))), 'onnxTooLarge'],
];

describe('readModel', () => {
  it.each(files)('%s', (_, bytes, code) => {
    expect(codeOf(() => analyse(readModel(bytes)))).toBe(code);
  });

  it('locates weights without reading them', () => {
    const tensor = readModel(good).initializers.get('table');
    expect(tensor?.dims).toEqual([9, 4]);
    expect((tensor?.raw?.to ?? 0) - (tensor?.raw?.from ?? 0)).toBe(9 * 4 * 4);
  });
});

const reasons: readonly [string, string | Uint8Array, RegExp][] = [
  ['a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n', /^the file is only a Git LFS pointer/],
  ['a web page', '\n<!DOCTYPE html><html>', /a web page/],
  ['a ZIP archive', 'PK\x03\x04 and so on', /a ZIP archive/],
  ['a GGUF model', 'GGUF\x03\0\0\0', /a GGUF model/],
  ['safetensors', '\x40\0\0\0\0\0\0\0{"a":{}}', /a safetensors file/],
  ['zeros', new Uint8Array(4096), /begins with zeros/],
];
it.each(reasons)('says what is no ONNX file: %s', (_, content, words) => {
  const bytes = typeof content === 'string' ? Uint8Array.from(content, (letter) => letter.charCodeAt(0)) : content;
  expect(() => readModel(bytes)).toThrow(words);
});

describe('externalFiles', () => {
  const locations: readonly [string, string][] = [
    ['weights.bin', 'fine'],
    ['./data/weights.bin', 'fine'],
    ['../weights.bin', 'externalDataOutside'],
    ['a/../../weights.bin', 'externalDataOutside'],
    ['/etc/passwd', 'externalDataOutside'],
    ['C:\\weights.bin', 'externalDataOutside'],
    ['\\\\server\\share\\weights.bin', 'externalDataOutside'],
    ['', 'externalDataOutside'],
    ['./', 'externalDataOutside'],
    ['a\0b', 'externalDataOutside'],
    ['file:///etc/passwd', 'externalDataOutside'],
  ];
  it.each(locations)('%s', (location, code) => {
    const model = readModel(withGraph(relu('w', 'b'), external(location)));
    expect(codeOf(() => externalFiles(model))).toBe(code);
  });

  const places: readonly [string, string, string][] = [
    ['offset', '8', 'fine'],
    ['offset', '0x10', 'notOnnx'],
    ['offset', '-8', 'notOnnx'],
    ['offset', '', 'notOnnx'],
    ['offset', '99999999999999999999', 'notOnnx'],
    ['length', '16', 'fine'],
    ['length', '8', 'notOnnx'],
    ['length', '1e3', 'notOnnx'],
    ['length', '-1', 'notOnnx'],
  ];
  it.each(places)('%s %j: %s', (key, text, code) => {
    const weight = bytesField(5, join([bytesOfExternal('w.bin'), bytesField(13, join([textField(1, key), textField(2, text)]))]));
    expect(codeOf(() => externalFiles(readModel(withGraph(relu('w', 'b'), weight))))).toBe(code);
  });

  it('asks for as many bytes as the dimensions say', () => {
    expect(externalFiles(readModel(withGraph(relu('w', 'b'), external('./w.bin'))))).toMatchObject([{ location: 'w.bin', sizeInBytes: 16 }]);
  });
});

it('encodeTensor writes what the reader finds', () => {
  expect(readModel(withGraph(relu('w', 'b'), bytesField(5, encodeTensor('w', [2], [1, 2], 7)))).initializers.get('w')?.type).toBe(7);
});
