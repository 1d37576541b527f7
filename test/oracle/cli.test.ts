// The commands as a person runs them, files, standard input and all. Of `capture` one model that agrees and one that is refused: the others run in this process (zoo.test.ts).

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compare } from './compare';
import { entriesOf, referencesOf } from './support/entries';
import { readNpz } from './support/npz';
import { readSafetensors } from './support/safetensors';

const root = path.resolve(import.meta.dirname, '../..');
const entries = new Map(entriesOf('zoo').map((entry) => [entry.name, entry]));
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'captures-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function capture(name: string, caseIndex: number, ending = 'safetensors'): { status: number | null; errors: string; said: string; out: string } {
  const entry = entries.get(name);
  const one = entry?.cases[caseIndex];
  if (!entry || !one) throw new Error(`there is no ${name}`);
  const out = path.join(folder, `${name}.${ending}`);
  const pair = one.text_pair === undefined ? [] : ['--pair', one.text_pair];
  const target = one.target === undefined ? [] : ['--target', one.target];
  const result = spawnSync(
    process.execPath,
    [path.join(root, 'dist/cli.js'), 'capture', '--model', entry.modelFolder, '--text', one.text, ...pair, ...target, '--out', out],
    { encoding: 'utf8', timeout: 120_000 },
  );
  return { status: result.status, errors: result.stderr, said: result.stdout, out };
}

it.each([
  { name: 'bert-eager-ts14', caseIndex: 1, says: 'a text pair' },
  { name: 'marian', caseIndex: 0, says: 'two towers and a target' },
])('$name: $says', ({ name, caseIndex }) => {
  const { status, errors, said, out } = capture(name, caseIndex);
  expect({ status, errors }).toEqual({ status: 0, errors: '' });
  const entry = entries.get(name);
  const one = entry?.cases[caseIndex];
  if (!entry || !one) throw new Error(`there is no ${name}`);
  const { tensors, metadata } = readSafetensors(readFileSync(out));
  expect(compare(tensors, referencesOf(entry, one.id), entry).filter(({ status: judged }) => judged !== 'ok' && judged !== 'skip')).toEqual([]);
  expect(JSON.parse(metadata.offsets ?? '')).toEqual(one.offsets);
  const [first = ''] = tensors.keys();
  expect(said).toMatch(new RegExp(`: ${tensors.size} tensors of \\d+ tokens → .+\\n  ${first} +\\[${tensors.get(first)?.dims.join(', ')}\\]\\n`));
  expect(Object.keys(metadata)).toEqual(expect.arrayContaining(['tool', 'version', 'model_sha256', 'text', 'tokens', 'offsets', 'checks', 'generated_ids']));
});

it('writes the same numbers, bit by bit, and the same metadata as NPZ', () => {
  const [plain, zipped] = ['safetensors', 'npz'].map((ending) => capture('bert-eager-ts14', 1, ending));
  expect(zipped).toMatchObject({ status: 0, errors: '' });
  const [expected, found] = [readSafetensors(readFileSync(plain?.out ?? '')), readNpz(readFileSync(zipped?.out ?? ''))];
  const bits = ({ tensors }: typeof found) => [...tensors].map(([name, { dims, data }]) => [name, dims, Buffer.from(data.buffer).toString('hex')]);
  expect(bits(found)).toEqual(bits(expected));
  expect(found.metadata).toEqual(expected.metadata);
});

it('refuses an ending that is neither before anything runs', () => {
  const { status, errors, out } = capture('bert-eager-ts14', 1, 'h5');
  expect(status).toBe(2);
  expect(errors).toMatch(/^--out takes a name that ends in \.safetensors or in \.npz, not ".+\.h5"\./);
  expect(existsSync(out)).toBe(false);
});

it('refuse-mlp is refused with one sentence, and nothing is written', () => {
  const { status, errors, out } = capture('refuse-mlp', 0);
  expect(status).toBe(3);
  expect(errors.trim().split('\n')).toHaveLength(1);
  expect(errors.length).toBeLessThan(600);
  expect(existsSync(out)).toBe(false);
});

describe('tokenize --lines -', () => {
  const tokenizer = path.join(root, 'models/encoder/tokenizer.json');
  const tokenize = (lines: string, input: string) => {
    const out = path.join(folder, 'tokens.json');
    rmSync(out, { force: true });
    const { status, stderr } = spawnSync(
      process.execPath,
      [path.join(root, 'dist/cli.js'), 'tokenize', '--tokenizer', tokenizer, '--lines', lines, '--out', out],
      {
        encoding: 'utf8',
        input,
        timeout: 120_000,
      },
    );
    return { status, stderr, written: existsSync(out) ? readFileSync(out, 'utf8') : undefined };
  };

  it.each([
    ['texts', JSON.stringify(['Server, can I have the check?', 'née 😀', ''])],
    ['pairs', JSON.stringify([['the server', 'a waiter']])],
    ['more than a pipe holds at once', JSON.stringify(Array(6000).fill('the server'))],
  ])('reads the standard input as it reads a file: %s', (_, json) => {
    const file = path.join(folder, 'lines.json');
    writeFileSync(file, json);
    const piped = tokenize('-', json);
    expect(piped).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(piped.written ?? '')).toHaveLength(JSON.parse(json).length);
    expect(piped.written === tokenize(file, '').written).toBe(true);
  });

  it.each(['', 'the server', '{"text": "the server"}', '["a", 1]'])('%s is no list of texts', (input) =>
    expect(tokenize('-', input)).toEqual({
      status: 4,
      stderr: '(standard input) is no list of texts. Give a JSON array of strings or of [text, pair].\n',
      written: undefined,
    }));
});

describe('heads', () => {
  const entry = entries.get('distilbert');
  const text = entry?.cases[0]?.text ?? '';
  const heads = (...more: string[]) =>
    spawnSync(process.execPath, [path.join(root, 'dist/cli.js'), 'heads', '--model', entry?.modelFolder ?? '', '--text', text, ...more], {
      encoding: 'utf8',
      timeout: 120_000,
    });

  it('gives candidates whose weights are those of PyTorch, best first', () => {
    const { status, stdout, stderr } = heads('--focus', '3', '--json');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const answer = JSON.parse(stdout) as { focus: number; candidates: Row[]; heads: Row[] };
    const reference = entry && referencesOf(entry, entry.cases[0]?.id ?? '');
    expect(answer.focus).toBe(3);
    expect(answer.candidates.length).toBeGreaterThan(0);
    for (const { layer, head, key, weight } of answer.candidates) {
      const { dims, data } = reference?.get(`encoder.${layer}.self.pattern`) ?? { dims: [], data: new Float32Array() };
      const [, queries = 0, keys = 0] = dims;
      expect(weight).toBeCloseTo(data[(head * queries + 3) * keys + key] ?? Number.NaN, 4);
    }
    const measures = answer.heads.map(({ measure }) => measure);
    expect(answer.candidates[0]?.measure).toBe(Math.max(...measures));
  });

  it('says the same to a person, and what a wrong index is', () => {
    expect(heads('--focus', '3').stdout).toMatch(/^(verified|partly checked): heads that bring most to .+ \(token 3\)\n/);
    expect(heads('--focus', '99')).toMatchObject({ status: 2, stderr: expect.stringMatching(/^There is no token 99\. The text has tokens 0 to \d+/) });
    expect(heads('--focus', 'server')).toMatchObject({ status: 2, stderr: expect.stringContaining('--focus takes the index of a token') });
  });
});

interface Row {
  readonly layer: number;
  readonly head: number;
  readonly key: number;
  readonly weight: number;
  readonly measure: number;
}
