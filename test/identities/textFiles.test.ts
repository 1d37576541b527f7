// Which file of a folder a text is run through is decided by what the files take.

import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../src/core/problem';
import { floatsOf } from '../../src/core/tensorPack';
import { ask } from '../../src/protocol/ask';
import { hugeWeight } from '../support/hugeWeight';
import { inspected, loadInMemory, type MemoryModel, signal } from '../support/memoryEngine';
import { embeddingTable, tinyTransformer } from '../support/tinyTransformer';
import { wordTokenizer } from '../support/wordTokenizer';

const text = 'Server, can I have the check?';
const seeing = tinyTransformer({ hasImage: true });
const plain = tinyTransformer({ seed: 7 });
const causal = tinyTransformer({ isCausal: true, seed: 7 });
const taken = 'b.onnx was taken, as a.onnx also takes pixel_values, which a text does not give';

interface Row {
  readonly what: string;
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly config?: MemoryModel['config'];
  readonly used: string;
  readonly tower: string;
  readonly notes?: readonly string[];
}

const rows: readonly Row[] = [
  { what: 'the only file', files: { 'a.onnx': plain }, used: 'a.onnx', tower: 'encoder' },
  { what: 'a file that takes a text', files: { 'a.onnx': plain, 'b.onnx': causal }, used: 'a.onnx', tower: 'encoder' },
  { what: 'one that wants a picture as well', files: { 'a.onnx': seeing, 'b.onnx': plain }, used: 'b.onnx', tower: 'encoder', notes: [taken] },
  {
    what: 'behind others that want one too, and one that is broken',
    files: { 'a.onnx': seeing, 'd.onnx': new Uint8Array(9), 'c.onnx': seeing, 'b.onnx': plain },
    used: 'b.onnx',
    tower: 'encoder',
    notes: [taken],
  },
  { what: 'one that predicts tokens stays a decoder', files: { 'a.onnx': seeing, 'b.onnx': causal }, used: 'b.onnx', tower: 'decoder', notes: [taken] },
];

describe('the file that a text is run through', () => {
  it.each(rows)('$what', async ({ files, config, used, tower, notes = [] }) => {
    const alternatives = Object.keys(files).slice(1);
    const { loaded, run } = await inspected({ files: { ...files, 'tokenizer.json': wordTokenizer() }, config, alternatives }, { text });
    expect(loaded.description.files).toEqual([used]);
    expect(run.sites[0]?.tower).toBe(tower);
    expect(run.notes.map((note) => note.text)).toEqual(notes);
    expect(loaded.description.notes).toEqual(notes);
  });

  const refusals: readonly (readonly [string, Readonly<Record<string, Uint8Array>>, string, RegExp])[] = [
    ['pictures only', { 'a.onnx': seeing, 'b.onnx': seeing }, 'inputUnknown', /pixel_values/],
    [
      'rows of a table of another width',
      { 'a.onnx': tinyTransformer({ takesRows: true }), 'b.onnx': embeddingTable({ width: 16 }) },
      'embeddingsApart',
      /a\.onnx .*inputs_embeds.* b\.onnx/,
    ],
  ];
  it.each(refusals)('refuses %s', async (_, files, code, words) => {
    const model = { files: { ...files, 'tokenizer.json': wordTokenizer() }, alternatives: ['b.onnx'] };
    const failure = await inspected(model, { text }).then(
      () => undefined,
      (error: unknown) => (error instanceof ProblemError ? error.problem : undefined),
    );
    expect(failure).toMatchObject({ code, message: expect.stringMatching(words) });
  });
});

it.each([{}, { isCausal: true }])('runs a model on rows with the file that makes them, as if they were one: %j', async (options) => {
  const files = { 'a.onnx': tinyTransformer({ ...options, takesRows: true }), 'b.onnx': embeddingTable(), 'tokenizer.json': wordTokenizer() };
  const apart = await inspected({ files, alternatives: ['b.onnx'] }, { text });
  const whole = await inspected({ files: { 'a.onnx': tinyTransformer(options), 'tokenizer.json': wordTokenizer() } }, { text });
  expect(apart.loaded.description.files).toEqual(['a.onnx', 'b.onnx']);
  expect(apart.run.badge.state).toBe('verified');
  expect(apart.run.notes).toEqual([{ text: 'b.onnx makes the inputs_embeds that a.onnx takes in the place of tokens', isWarning: false }]);
  const patternOf = async ({ engine, run }: typeof apart) => {
    const [site] = run.sites;
    const outcome = await ask(engine, { of: 'activation', runId: run.runId, tower: site?.tower, layer: 1, kind: 'self', activation: 'pattern' }, signal());
    return outcome.ok ? floatsOf(outcome.value, 'values') : undefined;
  };
  expect(await patternOf(apart)).toEqual(await patternOf(whole));
});

describe('weights of more than the runtime holds', () => {
  it('are refused before they are read', async () => {
    await expect(loadInMemory({ files: { 'a.onnx': hugeWeight(), 'tokenizer.json': wordTokenizer() } })).rejects.toMatchObject({
      problem: { code: 'onnxTooLarge' },
    });
  });
});
