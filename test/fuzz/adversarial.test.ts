// Files made to hurt: each is refused with its reason, exit status 4 (3 where the file is sound but holds no attention), within 5 seconds.

import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytesField, type Field, numberField, payloadsOf, readFields, stringField, writeFields } from '../oracle/support/protobuf';
import { sourceOf } from '../oracle/support/sourceOf';
import { buildWorker, removeFolder, WorkerUnderTest } from './workerUnderTest';

const limitInMs = 5000;
const zoo = path.resolve(import.meta.dirname, '../oracle/data/zoo');
const soundModel = readFileSync(path.join(zoo, 'distilbert/onnx/model.onnx'));
const soundTokenizer = readFileSync(path.join(zoo, 'distilbert/tokenizer.json'));

let folder = '';
let scratch = '';
let worker: WorkerUnderTest;

beforeAll(async () => {
  folder = await buildWorker();
  scratch = mkdtempSync(path.join(tmpdir(), 'adversarial-'));
  worker = new WorkerUnderTest(folder, limitInMs);
  // The first call pays for starting the worker; the clock below measures the file alone.
  await worker.call((engine) => engine.unload({ modelId: 0 }));
});
afterAll(() => {
  worker.close();
  removeFolder(folder);
  removeFolder(scratch);
});

const node = (op: string, inputs: readonly string[], outputs: readonly string[], ...attributes: Uint8Array[]): Field =>
  bytesField(
    1,
    writeFields([
      ...inputs.map((name) => stringField(1, name)),
      ...outputs.map((name) => stringField(2, name)),
      stringField(4, op),
      ...attributes.map((one) => bytesField(5, one)),
    ]),
  );
const value = (number: number, name: string, elementType = 1): Field =>
  bytesField(number, writeFields([stringField(1, name), bytesField(2, writeFields([bytesField(1, writeFields([numberField(1, elementType)]))]))]));
const graphOf = (...fields: Field[]) => writeFields(fields);
const modelOf = (graph: Uint8Array, ...more: Field[]) =>
  writeFields([numberField(1, 8), bytesField(8, writeFields([numberField(2, 17)])), bytesField(7, graph), ...more]);
const tensor = (name: string, dims: readonly (number | bigint)[], ...more: Field[]): Field =>
  bytesField(5, writeFields([...dims.map((dim) => numberField(1, dim)), numberField(2, 1), stringField(8, name), ...more]));
const repeated = (count: number, make: (i: number) => Field) => Array.from({ length: count }, (_, i) => make(i));
/** The sound model with one more field in its graph, or with its graph changed. */
const changed = (change: (fields: Field[]) => Field[]) =>
  writeFields(readFields(soundModel).map((field) => (field.number === 7 ? bytesField(7, writeFields(change(readFields(field.value as Uint8Array)))) : field)));

function nested(depth: number): Uint8Array {
  let inner = graphOf(node('Identity', ['x'], ['y']));
  for (let i = 0; i < depth; i++)
    inner = graphOf(node('If', ['c'], ['y'], writeFields([stringField(1, 'then_branch'), bytesField(6, inner), numberField(20, 5)])));
  return inner;
}

/** A graph of one node, a million times over; written at once, because a list of fields would cost more than the test. */
function millionNodes(): Uint8Array {
  const one = writeFields([node('Identity', ['x'], ['y'])]);
  const all = new Uint8Array(one.length * 1_000_000);
  for (let at = 0; at < all.length; at += one.length) all.set(one, at);
  return Buffer.concat([writeFields([value(11, 'x')]), all, writeFields([value(12, 'y')])]);
}

/** The sound model with its first large weight in a file of that name. */
const external = (location: string, length?: number) =>
  changed((fields) => {
    let done = false;
    return fields.map((field) => {
      const weight = field.number === 5 ? readFields(field.value as Uint8Array) : [];
      if (done || payloadsOf(weight, 9).every((data) => data.length < 1024)) return field;
      done = true;
      const entry = (key: string, text: string) => bytesField(13, writeFields([stringField(1, key), stringField(2, text)]));
      return bytesField(
        5,
        writeFields([
          ...weight.filter((one) => one.number !== 9),
          entry('location', location),
          entry('offset', '0'),
          entry('length', String(length ?? payloadsOf(weight, 9)[0]?.length)),
          numberField(14, 1),
        ]),
      );
    });
  });

/** A tensor of one number in a file of that name, as a node's attribute holds it. */
const outsideTensor = (location: string) =>
  writeFields([
    numberField(1, 1),
    numberField(2, 1),
    bytesField(13, writeFields([stringField(1, 'location'), stringField(2, location)])),
    bytesField(13, writeFields([stringField(1, 'length'), stringField(2, '4')])),
    numberField(14, 1),
  ]);
/** The sound model with a constant whose number lies in a file of that name. */
const constantIn = (location: string) =>
  changed((fields) => [
    ...fields,
    node('Constant', [], ['secret'], writeFields([stringField(1, 'value'), bytesField(5, outsideTensor(location)), numberField(20, 4)])),
  ]);

const softmaxChain = (count: number) => [value(11, 't0'), ...repeated(count, (i) => node('Softmax', [`t${i}`], [`t${i + 1}`])), value(12, `t${count}`)];
/** A ladder in which every rung reads the one before twice: 2^count paths from top to bottom. */
const ladder = (count: number) => [
  value(11, 's0'),
  ...repeated(count, (i) => node('Add', [`s${i}`, `s${i}`], [`s${i + 1}`])),
  node('Softmax', [`s${count}`], ['p']),
  ...repeated(count, (i) => node('Mul', [i === 0 ? 'p' : `m${i - 1}`, i === 0 ? 'p' : `m${i - 1}`], [`m${i}`])),
  value(12, `m${count - 1}`),
];

interface Row {
  readonly what: string;
  readonly bytes: () => Uint8Array;
  readonly codes: readonly string[];
}

const damaged = ['lfsPointer', 'notOnnx', 'onnxTruncated', 'onnxTooLarge', 'runtimeRefused'];

const rows: Row[] = [
  { what: 'an empty file', bytes: () => new Uint8Array(), codes: damaged },
  { what: 'a text', bytes: () => new TextEncoder().encode('version https://git-lfs.github.com/spec/v1\noid sha256:0\n'), codes: damaged },
  { what: 'the first half', bytes: () => soundModel.subarray(0, soundModel.length / 2), codes: damaged },
  { what: 'all but the last byte', bytes: () => soundModel.subarray(0, -1), codes: damaged },
  {
    what: 'a graph that is a cycle',
    bytes: () =>
      modelOf(graphOf(value(11, 'x'), node('Add', ['x', 'b'], ['a']), node('Softmax', ['a'], ['p']), node('MatMul', ['p', 'a'], ['b']), value(12, 'b'))),
    codes: [...damaged, 'noAttention'],
  },
  {
    what: 'the sound model with a cycle in it',
    bytes: () => changed((fields) => [...fields, node('Add', ['loop_b', 'loop_b'], ['loop_a']), node('Add', ['loop_a', 'loop_a'], ['loop_b'])]),
    codes: damaged,
  },
  {
    what: 'dimensions beyond all memory',
    bytes: () => modelOf(graphOf(tensor('w', [2n ** 62n, 2n ** 62n]), value(11, 'x'), node('MatMul', ['x', 'w'], ['y']), value(12, 'y'))),
    codes: [...damaged, 'noAttention'],
  },
  {
    what: 'negative dimensions',
    bytes: () => modelOf(graphOf(tensor('w', [-1n, -5n]), value(11, 'x'), node('MatMul', ['x', 'w'], ['y']), value(12, 'y'))),
    codes: [...damaged, 'noAttention'],
  },
  {
    what: 'the sound model with an absurd weight',
    bytes: () => changed((fields) => [...fields, tensor('absurd', [2 ** 30, 2 ** 30], bytesField(9, new Uint8Array(8)))]),
    codes: damaged,
  },
  { what: 'a length beyond the file', bytes: () => Uint8Array.from([8, 8, 58, 0xff, 0xff, 0xff, 0xff, 0x0f, 1, 2, 3]), codes: damaged },
  {
    what: 'a varint of eleven bytes',
    bytes: () => Uint8Array.from([8, 8, 58, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]),
    codes: damaged,
  },
  { what: 'a length of 2^63', bytes: () => Uint8Array.from([8, 8, 58, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 1]), codes: damaged },
  {
    what: 'a million nodes',
    bytes: () => modelOf(millionNodes()),
    codes: [...damaged, 'noAttention'],
  },
  { what: 'a chain of 100,000 softmaxes', bytes: () => modelOf(graphOf(...softmaxChain(100_000))), codes: [...damaged, 'noAttention'] },
  { what: 'a ladder with 2^200 paths', bytes: () => modelOf(graphOf(...ladder(200))), codes: [...damaged, 'noAttention'] },
  { what: 'graphs nested 5,000 deep', bytes: () => modelOf(nested(5000)), codes: [...damaged, 'noAttention'] },
  { what: 'weights in /etc/passwd', bytes: () => external('/etc/passwd'), codes: ['externalDataOutside'] },
  { what: 'weights outside the folder', bytes: () => external('../../../../etc/passwd'), codes: ['externalDataOutside'] },
  { what: 'weights outside the folder, the other way round', bytes: () => external('sub/../../secret'), codes: ['externalDataOutside'] },
  { what: 'weights outside the folder, with backslashes', bytes: () => external('..\\..\\secret'), codes: ['externalDataOutside'] },
  { what: 'a constant in /etc/passwd', bytes: () => constantIn('/etc/passwd'), codes: ['externalDataOutside'] },
  { what: 'a constant outside the folder', bytes: () => constantIn('../../etc/passwd'), codes: ['externalDataOutside'] },
  { what: 'a constant in a file that is missing', bytes: () => constantIn('secret.bin'), codes: ['externalDataMissing'] },
  { what: 'weights in a file that is missing', bytes: () => external('model.onnx_data'), codes: ['externalDataMissing'] },
  { what: 'weights in a file that is too short', bytes: () => external('config.json'), codes: ['externalDataMissing'] },
  { what: 'weights of a length beyond numbers', bytes: () => external('model.onnx', Number.MAX_SAFE_INTEGER), codes: ['externalDataMissing', ...damaged] },
];

let count = 0;

function modelFolder(model: Uint8Array, tokenizer: Uint8Array): string {
  const place = path.join(scratch, String(count++));
  mkdirSync(place);
  writeFileSync(path.join(place, 'model.onnx'), model);
  writeFileSync(path.join(place, 'tokenizer.json'), tokenizer);
  writeFileSync(path.join(place, 'config.json'), '{}');
  return place;
}

async function problemCode(place: string, text = 'one two'): Promise<string> {
  const source = await sourceOf(place);
  const outcome = await worker.call(async (engine) => {
    const loaded = await engine.load({ source, threads: 1, memoryLimitInBytes: 2 ** 26 });
    return loaded.ok ? engine.inspect({ modelId: loaded.value.modelId, text, truncate: true }) : loaded;
  });
  if (!outcome.ok) expect(outcome.problem.message).not.toMatch(/\n|\{\w+\}/);
  return outcome.ok ? 'accepted' : outcome.problem.code;
}

describe('models', () => {
  it.each(rows)('$what', async ({ bytes, codes }) => {
    const place = modelFolder(bytes(), soundTokenizer);
    expect(codes).toContain(await problemCode(place));
  });

  it('a sound one still works in the same worker', async () => {
    expect(await problemCode(modelFolder(soundModel, soundTokenizer))).toBe('accepted');
  });
});

interface TokenizerRow {
  readonly what: string;
  readonly text: string;
  readonly input: string;
  readonly isAccepted: boolean;
}

const tokenizer = JSON.parse(new TextDecoder().decode(soundTokenizer)) as Record<string, unknown>;
const withSplit = (pattern: string) =>
  JSON.stringify({ ...tokenizer, pre_tokenizer: { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false } });

const tokenizerRows: TokenizerRow[] = [
  { what: 'a regular expression that never ends', text: withSplit('(a+)+$'), input: `${'a'.repeat(60)}b`, isAccepted: true },
  { what: 'nested quantifiers', text: withSplit('((a|aa)+)+!'), input: 'a'.repeat(3000), isAccepted: true },
  { what: 'a back-reference', text: withSplit('(.*)\\1{9}x'), input: 'ab'.repeat(2000), isAccepted: true },
  { what: 'no regular expression at all', text: withSplit('(['), input: 'x', isAccepted: false },
  { what: 'arrays nested 100,000 deep', text: '['.repeat(100_000), input: 'x', isAccepted: false },
  { what: 'no model in it', text: '{"version":"1.0"}', input: 'x', isAccepted: false },
  { what: 'cut in the middle', text: JSON.stringify(tokenizer).slice(0, 4000), input: 'x', isAccepted: false },
];

describe('tokenizers', () => {
  it.each(tokenizerRows)('$what', async ({ text, input, isAccepted }) => {
    const outcome = await worker.call((engine) => engine.tokenize({ tokenizer: new TextEncoder().encode(text), lines: [input] }));
    // A regular expression that is given up after so many steps is a reason, too.
    expect(outcome.ok || outcome.problem.code === 'tokenizerBroken').toBe(true);
    if (!isAccepted) expect(outcome.ok).toBe(false);
  });
});
